-- How many of an agency's visits are so strange (quarters of a nat): all of them, and those without a reason.
SELECT s.agency_code, 'all' AS track, CAST(FLOOR(s.total * 4e0) AS DOUBLE) AS bin, COUNT(s.visit_no) AS n
FROM visit_strangeness s
GROUP BY s.agency_code, CAST(FLOOR(s.total * 4e0) AS DOUBLE)
UNION ALL
SELECT s.agency_code, 'unexplained', CAST(FLOOR(s.strangeness * 4e0) AS DOUBLE), COUNT(s.visit_no)
FROM visit_strangeness s
JOIN visit v ON v.visit_no = s.visit_no
WHERE v.n_unexplained > 0
GROUP BY s.agency_code, CAST(FLOOR(s.strangeness * 4e0) AS DOUBLE)
