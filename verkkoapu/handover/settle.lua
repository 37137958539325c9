-- Settle one call-back request, once: of two counsellors who press "done" one is told it was done before.
-- KEYS[1] hash  callback: status, phone, due, attempts, …
-- ARGV: 1 status after · 2 "1" when the number is erased · 3 due, or "" to leave it · 4 "1" to count an attempt
-- Returns {"ok" | "missing" | "settled", attempts}.
local status = redis.call('HGET', KEYS[1], 'status')
if not status then return {'missing', 0} end
if status ~= 'open' then return {'settled', 0} end
redis.call('HSET', KEYS[1], 'status', ARGV[1])
if ARGV[2] == '1' then redis.call('HDEL', KEYS[1], 'phone') end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'due', ARGV[3]) end
local attempts = tonumber(redis.call('HGET', KEYS[1], 'attempts') or '0')
if ARGV[4] == '1' then attempts = redis.call('HINCRBY', KEYS[1], 'attempts', 1) end
return {'ok', attempts}
