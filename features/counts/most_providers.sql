-- For each item, one request to each provider in the hour in which most providers were asked: where somebody is insured is
-- fished for so.
WITH asked AS (
    SELECT r.requester_agency, r.item_code, r.provider_agency, CAST(r.requested_at AS DATE) AS day,
           EXTRACT(HOUR FROM r.requested_at) AS hour, MIN(r.request_id) AS request_id
    FROM request r
    GROUP BY r.requester_agency, r.item_code, r.provider_agency, CAST(r.requested_at AS DATE), EXTRACT(HOUR FROM r.requested_at)
),
hourly AS (
    SELECT a.requester_agency, a.item_code, a.day, a.hour, COUNT(a.provider_agency) AS n
    FROM asked a
    GROUP BY a.requester_agency, a.item_code, a.day, a.hour
),
widest AS (
    SELECT h.requester_agency, h.item_code, h.day, h.hour,
           ROW_NUMBER() OVER (PARTITION BY h.requester_agency, h.item_code
                              ORDER BY h.n DESC NULLS LAST, h.day NULLS LAST, h.hour NULLS LAST) AS place
    FROM hourly h
)
SELECT a.request_id, a.requester_agency AS agency_code, a.item_code AS cell
FROM asked a
JOIN widest w ON w.requester_agency = a.requester_agency AND w.item_code = a.item_code AND w.day = a.day AND w.hour = a.hour
WHERE w.place = 1
