-- Put before every script that looks at a state. A server's replication id is another after each start and each
-- promotion, and a replica's own state names its master: so marks are made only where the epoch was begun.
local here = redis.call('INFO', 'replication')
local function is_here(server)
    return server and here:find('role:master', 1, true) and here:find('master_replid:' .. server, 1, true)
end
local function now_ms()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end
