-- Whether the agency has anything to do with the person of a visit without a reason: a case of any affair at any time, or
-- a contact with a reason in the look-back or this week, in the same department or another one.
WITH known AS (
    SELECT agency_code, subject_key, COALESCE(department, '') AS department FROM earlier_contact WHERE explained_by IS NOT NULL
    UNION ALL
    SELECT agency_code, subject_key, department FROM visit WHERE n_unexplained = 0 AND subject_key IS NOT NULL
    UNION ALL
    SELECT agency_code, subject_key, '?' FROM cases WHERE subject_key IS NOT NULL
),
nearest AS (
    SELECT v.visit_no, MIN(CASE WHEN k.department = v.department THEN 1 ELSE 2 END) AS place
    FROM visit v
    JOIN known k ON k.agency_code = v.agency_code AND k.subject_key = v.subject_key
    WHERE v.n_unexplained > 0
    GROUP BY v.visit_no
)
SELECT v.visit_no, CASE WHEN v.n_unexplained = 0 THEN 'explained' WHEN n.place = 1 THEN 'known here'
                        WHEN n.place = 2 THEN 'known elsewhere' ELSE 'stranger' END AS value
FROM visit v
LEFT JOIN nearest n ON n.visit_no = v.visit_no
WHERE v.subject_key IS NOT NULL
