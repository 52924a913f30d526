-- How widely a visit asks about its person: under how many procedures, and at how many providers, in steps.
SELECT a.visit_no,
       CASE WHEN a.n <= 2 THEN CAST(a.n AS STRING) WHEN a.n <= 4 THEN '3-4' WHEN a.n <= 8 THEN '5-8' ELSE '9+' END || ' at '
       || CASE WHEN b.n <= 2 THEN CAST(b.n AS STRING) WHEN b.n <= 4 THEN '3-4' WHEN b.n <= 8 THEN '5-8' ELSE '9+' END AS value
FROM (SELECT l.visit_no, COUNT(DISTINCT l.procedure_code) AS n FROM look_up_visit l GROUP BY l.visit_no) a
JOIN (SELECT l.visit_no, COUNT(DISTINCT l.provider_agency) AS n FROM look_up_visit l GROUP BY l.visit_no) b ON b.visit_no = a.visit_no
