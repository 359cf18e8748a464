-- Count one more. KEYS: the counter. ARGV: how long it is kept (ms).
local number = redis.call('INCR', KEYS[1])
if number == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return number
