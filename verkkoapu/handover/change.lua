-- Change the state of one conversation and write what is said about it, in one step, once.
-- KEYS[1] hash    meta: state, owner, epoch, and the fields of the handover
-- KEYS[2] stream  messages: the single record
-- KEYS[3] hash    sent: once-only ids -> what was written for them
-- ARGV: 1 once-only id of this change · 2 states allowed before, comma separated · 3 state after
--       4 owner expected or "" · 5 epoch expected or "" · 6 "1" when the epoch rises · 7 owner after or "" for none
--       8 fields to set, as JSON ("@now" is Redis' own time in milliseconds) · 9 entries to append, as a JSON list of texts
--       10 lifetime of the keys in seconds, "" keeps it · 11 doorbell channel · 12 text to ring with
-- Returns {status, state, owner, epoch, now in ms, queued_at before, last entry id}; status: "ok", "missing", "state", "owner", "epoch".
local now = redis.call('TIME')
local ms = tostring(tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000))
local meta = redis.call('HMGET', KEYS[1], 'state', 'owner', 'epoch', 'queued_at', 'token')
local state, owner, epoch, queued = meta[1], meta[2] or '', meta[3] or '0', meta[4] or ''
if not meta[5] then return {'missing', '', '', '0', ms, '', ''} end
local once = 'change:' .. ARGV[1]
local done = redis.call('HGET', KEYS[3], once)
-- The client asked again because the answer was lost on the way: the change has happened already.
if done then return {'ok', state, owner, epoch, ms, queued, done} end
if not string.find(',' .. ARGV[2] .. ',', ',' .. state .. ',', 1, true) then return {'state', state, owner, epoch, ms, queued, ''} end
if ARGV[4] ~= '' and owner ~= ARGV[4] then return {'owner', state, owner, epoch, ms, queued, ''} end
if ARGV[5] ~= '' and epoch ~= ARGV[5] then return {'epoch', state, owner, epoch, ms, queued, ''} end
if ARGV[6] == '1' then epoch = tostring(tonumber(epoch) + 1) end
redis.call('HSET', KEYS[1], 'state', ARGV[3], 'owner', ARGV[7], 'epoch', epoch)
for field, value in pairs(cjson.decode(ARGV[8])) do
  if value == '@now' then value = ms end
  redis.call('HSET', KEYS[1], field, value)
end
local last = '-'
for _, entry in ipairs(cjson.decode(ARGV[9])) do last = redis.call('XADD', KEYS[2], '*', 'entry', entry) end
redis.call('HSET', KEYS[3], once, last)
if ARGV[10] ~= '' then redis.call('HSET', KEYS[1], 'retention', ARGV[10]) end
local keep = redis.call('HGET', KEYS[1], 'retention')
if keep then for i = 1, 3 do redis.call('EXPIRE', KEYS[i], keep) end end
redis.call('PUBLISH', ARGV[11], ARGV[12])
return {'ok', ARGV[3], ARGV[7], epoch, ms, queued, last}
