-- What can be said of a request for which no official is named, and how rare each of it is at the agency. A file has no official by
-- its nature; where the channel is not told, a request is taken as one made at a screen.
WITH unnamed AS (
    SELECT r.request_id, r.requester_agency AS agency_code, r.procedure_code, r.item_code, r.provider_agency, r.result, r.requested_at
    FROM request r
    WHERE r.requester_user IS NULL AND COALESCE(r.channel, 'unknown') <> 'batch'
),
said AS (
    SELECT u.request_id, u.agency_code, 'item' AS counted, u.procedure_code || '/' || u.item_code AS cell FROM unnamed u
    UNION ALL
    SELECT u.request_id, u.agency_code, 'provider', u.provider_agency FROM unnamed u
    UNION ALL
    SELECT u.request_id, u.agency_code, 'outcome', u.result || '/' || u.procedure_code FROM unnamed u WHERE u.result <> 'provided'
    UNION ALL
    SELECT u.request_id, u.agency_code, 'hour',
           CASE WHEN d.is_working_day THEN 'w' ELSE 'h' END || '/' || CAST(EXTRACT(HOUR FROM u.requested_at) AS STRING)
    FROM unnamed u
    JOIN calendar d ON d.date = CAST(u.requested_at AS DATE)
)
SELECT s.request_id, s.agency_code, s.counted, s.cell, c.nats
FROM said s
JOIN unnamed_cell c ON c.counted = s.counted AND c.agency_code = s.agency_code AND c.cell = s.cell
