-- Return the epoch of some buckets; nothing unless they have one and the same, begun on this server.
-- KEYS: their states.
local epoch
for _, key in ipairs(KEYS) do
    local state = redis.call('HMGET', key, 'epoch', 'server')
    if not is_here(state[2]) or state[1] ~= (epoch or state[1]) then return false end
    epoch = state[1]
end
return epoch
