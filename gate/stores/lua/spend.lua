-- Mark an id, at most once. Reads and writes one slot.
-- KEYS: the bucket's state, the page that the mark belongs on, the index of pages.
-- ARGV: epoch, mark, value (none: only ask), time of the id (ms), start of the page (ms),
--       until when ids are dead by the gate's clock (ms), the gate's clock and skew (ms), field of the watermark,
--       until when the gate waits by this server's clock (ms): what hung for longer marks nothing.
-- Returns the mark's value as it now stands, or why there is none: a word of five letters.
if now_ms() > tonumber(ARGV[9]) then return 'tardy' end
local state = redis.call('HMGET', KEYS[1], 'epoch', 'server', ARGV[8])
if not is_here(state[2]) then return 'other' end
if state[1] ~= ARGV[1] then return 'reset' .. state[1] end
local page = redis.call('HMGET', KEYS[2], 'high', ARGV[2])
if page[2] then return page[2] end
local made, purged = tonumber(ARGV[4]), tonumber(state[3] or -1)
if made <= purged then return purged > tonumber(ARGV[7]) and 'ahead' or 'ended' end
if ARGV[3] == '' then return 'fresh' end
redis.call('HSET', KEYS[2], 'high', math.max(made, tonumber(page[1] or made)), ARGV[2], ARGV[3])
if page[1] then return ARGV[3] end
-- A new page pays for a few old ones; what went with them is refused from then on.
local dead = tonumber(ARGV[6])
redis.call('ZADD', KEYS[3], ARGV[5], KEYS[2])
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', dead, 'LIMIT', 0, 4)) do
    local high = tonumber(redis.call('HGET', old, 'high') or -1)
    if high <= dead then
        purged = math.max(purged, high)
        redis.call('UNLINK', old)
        redis.call('ZREM', KEYS[3], old)
    end
end
redis.call('HSET', KEYS[1], ARGV[8], purged)
return ARGV[3]
