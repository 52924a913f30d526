-- Whether the agency has anything to do with the person of a visit without a reason: a case of any affair at any time, or
-- a contact with a reason in the look-back or this week. Places: 1 the same department, 2 another one, absent: a stranger.
WITH known AS (
    SELECT agency_code, subject_key, COALESCE(department, '') AS department FROM contact WHERE explained_by IS NOT NULL
    UNION ALL
    SELECT agency_code, subject_key, department FROM visit WHERE n_unexplained = 0 AND subject_key IS NOT NULL
    UNION ALL
    SELECT agency_code, subject_key, '?' FROM cases WHERE subject_key IS NOT NULL
)
SELECT v.visit_no, MIN(CASE WHEN k.department = v.department THEN 1 ELSE 2 END) AS place
FROM visit v
JOIN known k ON k.agency_code = v.agency_code AND k.subject_key = v.subject_key
WHERE v.n_unexplained > 0
GROUP BY v.visit_no
