-- The hour at which a visit began, on a working day (w) or not (h).
SELECT v.visit_no, CASE WHEN d.is_working_day THEN 'w' ELSE 'h' END || CAST(EXTRACT(HOUR FROM v.first_at) AS STRING) AS value
FROM visit v
JOIN calendar d ON d.date = v.day
