-- Begin a new epoch in one bucket. KEYS: its state. ARGV: the epoch, the run of the server that it belongs to.
local clock = redis.call('TIME')
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'run', ARGV[2], 'high', clock[1] * 1000 + math.floor(clock[2] / 1000))
return 1
