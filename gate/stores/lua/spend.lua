-- Mark an id, at most once. Reads and writes one slot.
-- KEYS: the bucket's state, the mark. ARGV: epoch, value, time of the id (ms), how long it is kept from then (ms).
-- Returns the mark's value as it now stands, or a word of five letters: why there is none.
local state = redis.call('HMGET', KEYS[1], 'epoch', 'high')
if state[1] ~= ARGV[1] then return 'reset' end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local high = tonumber(state[2])
if now > high + 1000 then
    redis.call('HSET', KEYS[1], 'high', now)
end
local known = redis.call('GET', KEYS[2])
if known then return known end
local ends = ARGV[3] + ARGV[4]
if ends <= math.max(now, high) then
    -- Its mark may have expired, by the latest time that this server's clock ever showed.
    return ends > now and 'ahead' or 'ended'
end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ends - now)
return ARGV[2]
