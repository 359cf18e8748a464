-- Add to the statistics, once, however often the same batch comes.
-- KEYS: the batch, the index of hours, the hours. ARGV: the oldest hour kept, then for each row: the place of its
-- hour among KEYS, that hour, field, number.
if not redis.call('SET', KEYS[1], '', 'NX', 'EX', 600) then return 0 end
for row = 2, #ARGV, 4 do
    local hour = KEYS[tonumber(ARGV[row])]
    redis.call('HINCRBY', hour, ARGV[row + 2], ARGV[row + 3])
    redis.call('ZADD', KEYS[2], ARGV[row + 1], hour)
end
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[1], 'LIMIT', 0, 24)) do
    redis.call('UNLINK', old)
    redis.call('ZREM', KEYS[2], old)
end
return 1
