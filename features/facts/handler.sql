-- Who at the agency dealt with the person of a visit with a reason before: the same official, a colleague of his department,
-- someone elsewhere, nobody. Places: 1, 2, 3; absent: nobody.
WITH dealt AS (
    SELECT agency_code, department, requester_user, subject_key, MIN(first_at) AS first_at
    FROM (SELECT agency_code, department, requester_user, subject_key, first_at FROM earlier_visit WHERE subject_key IS NOT NULL
          UNION ALL
          SELECT agency_code, department, requester_user, subject_key, first_at FROM visit WHERE subject_key IS NOT NULL) u
    GROUP BY agency_code, department, requester_user, subject_key
)
SELECT v.visit_no, MIN(CASE WHEN d.requester_user = v.requester_user THEN 1 WHEN d.department = v.department THEN 2 ELSE 3 END) AS place
FROM visit v
JOIN dealt d ON d.agency_code = v.agency_code AND d.subject_key = v.subject_key AND d.first_at < v.first_at
WHERE v.n_unexplained = 0
GROUP BY v.visit_no
