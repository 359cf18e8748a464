-- Begin a new epoch in some buckets. KEYS: their states. ARGV: the epoch.
local server = here:match('master_replid:(%x+)')
if not server then return redis.error_reply('ERR INFO replication names no master_replid') end
for _, key in ipairs(KEYS) do
    redis.call('DEL', key)
    redis.call('HSET', key, 'epoch', ARGV[1], 'server', server)
end
return ARGV[1]
