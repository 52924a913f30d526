-- For each procedure, the requests of the hour in which most of them were made.
WITH hourly AS (
    SELECT r.requester_agency, r.procedure_code, CAST(r.requested_at AS DATE) AS day, EXTRACT(HOUR FROM r.requested_at) AS hour,
           COUNT(r.request_id) AS n
    FROM request r
    GROUP BY r.requester_agency, r.procedure_code, CAST(r.requested_at AS DATE), EXTRACT(HOUR FROM r.requested_at)
),
busiest AS (
    SELECT h.requester_agency, h.procedure_code, h.day, h.hour,
           ROW_NUMBER() OVER (PARTITION BY h.requester_agency, h.procedure_code
                              ORDER BY h.n DESC NULLS LAST, h.day NULLS LAST, h.hour NULLS LAST) AS place
    FROM hourly h
)
SELECT r.request_id, r.requester_agency AS agency_code, r.procedure_code AS cell
FROM request r
JOIN busiest b ON b.requester_agency = r.requester_agency AND b.procedure_code = r.procedure_code
              AND b.day = CAST(r.requested_at AS DATE) AND b.hour = EXTRACT(HOUR FROM r.requested_at)
WHERE b.place = 1
