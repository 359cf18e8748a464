-- Write to some buckets, to see that it can be done. KEYS: their states. ARGV: what to note.
for _, key in ipairs(KEYS) do redis.call('HSET', key, 'pinged', ARGV[1]) end
return 1
