-- Put before every script that looks at a state. A server's replication id is another after each start and each
-- promotion, and a replica's own state names its master: so marks are made only where the epoch was begun.
local here = redis.call('INFO', 'replication')
local function is_here(server)
    return server and here:find('role:master', 1, true) and here:find('master_replid:' .. server, 1, true)
end
