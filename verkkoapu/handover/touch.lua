-- Note that a counsellor was heard of just now, by Redis' own clock, which every process shares.
-- KEYS[1] sorted set  present: counsellor id -> milliseconds
-- ARGV: 1 counsellor id
local now = redis.call('TIME')
local ms = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
redis.call('ZADD', KEYS[1], ms, ARGV[1])
return ms
