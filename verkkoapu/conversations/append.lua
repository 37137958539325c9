-- Append one entry to a conversation's stream, once, and ring the doorbell.
-- KEYS[1] hash    meta: state, owner, epoch
-- KEYS[2] stream  messages: the single record
-- KEYS[3] hash    sent: client id -> entry id of the sender's message
-- ARGV: 1 client id, or an id made for this one call (never "") · 2 entry as JSON · 3 states allowed, comma separated, or "" · 4 epoch expected or ""
--       5 doorbell channel · 6 text to ring with · 7 lifetime of the keys in seconds; a conversation that was handed
--       over carries its own, longer one · 8 owner expected or ""
-- Returns {status, entry id or state}: "ok", "seen", "missing", "state", "epoch".
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return {'missing', ''} end
-- Also when the client library asks again because an answer was lost on the way: nothing is written twice.
local seen = redis.call('HGET', KEYS[3], ARGV[1])
if seen then return {'seen', seen} end
if ARGV[3] ~= '' and not string.find(',' .. ARGV[3] .. ',', ',' .. state .. ',', 1, true) then return {'state', state} end
if ARGV[4] ~= '' and redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[4] then return {'epoch', state} end
if ARGV[8] ~= '' and redis.call('HGET', KEYS[1], 'owner') ~= ARGV[8] then return {'epoch', state} end
local id = redis.call('XADD', KEYS[2], '*', 'entry', ARGV[2])
redis.call('HSET', KEYS[3], ARGV[1], id)
local keep = redis.call('HGET', KEYS[1], 'retention') or ARGV[7]
for i = 1, 3 do redis.call('EXPIRE', KEYS[i], keep) end
redis.call('PUBLISH', ARGV[5], ARGV[6] .. ' ' .. id)
return {'ok', id}
