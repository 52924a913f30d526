-- Which explanation the requests of each case have; `tried` is false where none is on record (files, nobody named).
SELECT c.case_id, v.request_id IS NOT NULL AS tried, v.explained_by, COUNT(*) AS requests
FROM in_case c
LEFT JOIN visit_request v ON v.request_id = c.request_id
GROUP BY c.case_id, v.request_id IS NOT NULL, v.explained_by
ORDER BY c.case_id, tried, v.explained_by
