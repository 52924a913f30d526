-- One posting an official, a few of them absent for some days.
SELECT official AS requester_user, agency AS agency_code, department, DATE '2020-04-01' AS valid_from, CAST(NULL AS DATE) AS valid_to,
       CASE WHEN u % 500 = 0 THEN DATE '2026-08-03' END AS absent_from, CASE WHEN u % 500 = 0 THEN DATE '2026-08-07' END AS absent_to
FROM official
