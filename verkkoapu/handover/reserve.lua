-- Reserve a place for one conversation with a counsellor, within their capacity.
-- KEYS[1] set     holding: conversations the counsellor holds or is about to hold
-- ARGV: 1 conversation id · 2 capacity
-- Returns 2 when it was reserved before, 1 when it is now, 0 when there is no room.
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 2 end
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('SADD', KEYS[1], ARGV[1])
return 1
