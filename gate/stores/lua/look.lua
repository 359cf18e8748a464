-- Return the server's clock (ms) and the epoch of some buckets; the clock alone unless they have one and the same,
-- begun on this server. KEYS: their states.
local clock = now_ms()
local epoch
for _, key in ipairs(KEYS) do
    local state = redis.call('HMGET', key, 'epoch', 'server')
    if not is_here(state[2]) or state[1] ~= (epoch or state[1]) then return { clock } end
    epoch = state[1]
end
return { clock, epoch }
