-- What becomes of the rows that are not plainly new: `picked` (of this batch) against `prior` (of the lake).

-- Of each request and copy the one that came first stands, the lake's before any new one.
CREATE OR REPLACE TEMP TABLE rival AS
SELECT *, row_number() OVER (PARTITION BY request_id, record_copy ORDER BY f, row_number) AS place
FROM (
    SELECT {columns}, record_copy, delivery_id, -1 AS f, 0 AS row_number FROM prior
    UNION ALL
    SELECT {columns}, record_copy, delivery_id, f, row_number FROM picked WHERE fault = 0
);

-- Copies that cannot be of one request: one was answered ten minutes or more before the other was asked. In the order
-- of arrival the first stands, the second if it agrees with it, the third if it agrees with those that stand.
CREATE OR REPLACE TEMP TABLE stray AS
WITH ranked AS (
    SELECT *, row_number() OVER (PARTITION BY request_id ORDER BY f, row_number, record_copy) AS arrival
    FROM rival WHERE place = 1
),
clash AS (
    SELECT b.request_id, a.arrival AS earlier, b.arrival AS later, b.record_copy
    FROM ranked a
    JOIN ranked b ON b.request_id = a.request_id AND b.arrival > a.arrival
    WHERE a.responded_at <= b.requested_at - INTERVAL {minutes} MINUTE
       OR b.responded_at <= a.requested_at - INTERVAL {minutes} MINUTE
)
SELECT DISTINCT c.request_id, c.record_copy
FROM clash c
LEFT JOIN clash gone ON gone.request_id = c.request_id AND gone.later = c.earlier AND gone.earlier = 1
WHERE gone.request_id IS NULL;

DELETE FROM rival r USING stray s
WHERE r.request_id = s.request_id AND r.record_copy = s.record_copy AND r.f >= 0;

CREATE OR REPLACE TEMP TABLE astray AS
SELECT p.f, p.row_number
FROM picked p SEMI JOIN stray s ON s.request_id = p.request_id AND s.record_copy = p.record_copy
WHERE p.fault = 0;

-- The others say the same again, or something else.
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT r.f, r.row_number, s.delivery_id AS first_delivery, {differs} AS conflicting
FROM rival r
JOIN rival s ON s.request_id = r.request_id AND s.record_copy = r.record_copy AND s.place = 1
WHERE r.place > 1;

-- Requests that gain a copy, and all copies of theirs that stand.
CREATE OR REPLACE TEMP TABLE affected AS
SELECT DISTINCT request_id FROM rival WHERE place = 1 AND f >= 0;

CREATE OR REPLACE TEMP TABLE standing AS
SELECT {columns}, record_copy, delivery_id
FROM rival SEMI JOIN affected USING (request_id)
WHERE place = 1;

-- The copy that knows most: an answer beats `pending`, an answer with its time one without; then the core's word.
CREATE OR REPLACE TEMP TABLE answer AS
SELECT request_id, result, responded_at
FROM standing
QUALIFY row_number() OVER (
    PARTITION BY request_id
    ORDER BY CASE result WHEN 'pending' THEN 2 WHEN 'unknown' THEN 1 ELSE 0 END, responded_at IS NULL,
             CASE record_copy WHEN 'core' THEN 0 WHEN 'requester' THEN 1 ELSE 2 END
) = 1;

-- One row a request: the core's word, then the requester's, then the provider's; the answer whole from one of them.
-- Where the clocks of two servers make it precede the request, its time is the request's.
CREATE OR REPLACE TEMP TABLE settled AS
SELECT request_id, {preferred},
       concat_ws('+', c.record_copy, p.record_copy, r.record_copy) AS record_copies,
       coalesce(c.delivery_id, r.delivery_id, p.delivery_id) AS delivery_id
FROM affected
JOIN answer a USING (request_id)
LEFT JOIN (FROM standing WHERE record_copy = 'core') c USING (request_id)
LEFT JOIN (FROM standing WHERE record_copy = 'requester') r USING (request_id)
LEFT JOIN (FROM standing WHERE record_copy = 'provider') p USING (request_id);
