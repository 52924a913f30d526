-- Work that a system does from a file. No official chose this person.
SELECT r.request_id
FROM request r
WHERE r.channel = 'batch'
