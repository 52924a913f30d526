-- The runs of files in the week: requests of one department and affair with no pause of half an hour between them. `slot`
-- is the hour in which a run began, on a working day or not: jobs have their hours, as long as a system starts them.
WITH asked AS (
    SELECT r.request_id, r.requester_agency AS agency_code, COALESCE(r.requester_department, '') AS department, r.affair_code,
           r.subject_key, r.requested_at
    FROM request r
    WHERE r.channel = 'batch'
),
paused AS (
    SELECT a.agency_code, a.department, a.affair_code, a.subject_key, a.requested_at, a.request_id,
           LAG(a.requested_at) OVER (PARTITION BY a.agency_code, a.department, a.affair_code
                                     ORDER BY a.requested_at NULLS LAST, a.request_id NULLS LAST) AS before
    FROM asked a
),
begun AS (
    SELECT p.agency_code, p.department, p.affair_code, p.subject_key, p.requested_at,
           SUM(CASE WHEN p.requested_at <= p.before + INTERVAL '30' MINUTE THEN 0 ELSE 1 END)
               OVER (PARTITION BY p.agency_code, p.department, p.affair_code
                     ORDER BY p.requested_at NULLS LAST, p.request_id NULLS LAST
                     ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run_no
    FROM paused p
),
run AS (
    SELECT b.agency_code, b.department, b.affair_code, b.run_no, MIN(b.requested_at) AS first_at, MAX(b.requested_at) AS last_at,
           COUNT(DISTINCT b.subject_key) AS n_people
    FROM begun b
    GROUP BY b.agency_code, b.department, b.affair_code, b.run_no
)
SELECT CAST($week_start AS DATE) AS monday, r.agency_code, r.department, r.affair_code, r.first_at, r.last_at,
       CASE WHEN d.is_working_day THEN 'w' ELSE 'h' END || CAST(EXTRACT(HOUR FROM r.first_at) AS STRING) AS slot,
       r.n_people
FROM run r
JOIN calendar d ON d.date = CAST(r.first_at AS DATE)
ORDER BY r.agency_code NULLS LAST, r.department NULLS LAST, r.affair_code NULLS LAST, r.first_at NULLS LAST
