-- What becomes of the rows that are not plainly new: `picked` (of this batch) against `prior` (of the lake).

-- Of each request and copy the one that came first stands, the lake's before any new one.
CREATE OR REPLACE TEMP TABLE rival AS
SELECT *, row_number() OVER (PARTITION BY request_id, record_copy ORDER BY f, row_number) AS place
FROM (
    SELECT {columns}, record_copy, delivery_id, -1 AS f, 0 AS row_number FROM prior
    UNION ALL
    SELECT {columns}, record_copy, delivery_id, f, row_number FROM picked WHERE fault = 0
);

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

-- One row a request: the core's word, then the requester's, then the provider's.
CREATE OR REPLACE TEMP TABLE settled AS
SELECT request_id, {preferred},
       concat_ws('+', c.record_copy, p.record_copy, r.record_copy) AS record_copies,
       coalesce(c.delivery_id, r.delivery_id, p.delivery_id) AS delivery_id
FROM affected
LEFT JOIN (FROM standing WHERE record_copy = 'core') c USING (request_id)
LEFT JOIN (FROM standing WHERE record_copy = 'requester') r USING (request_id)
LEFT JOIN (FROM standing WHERE record_copy = 'provider') p USING (request_id);
