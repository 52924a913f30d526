-- How many people were looked up under the case that a visit names, in the look-back and this week.
WITH under AS (
    SELECT agency_code, case_ref, subject_key FROM contact WHERE case_ref IS NOT NULL
    UNION
    SELECT agency_code, case_ref, subject_key FROM look_up WHERE case_ref IS NOT NULL AND subject_key IS NOT NULL
),
people AS (
    SELECT agency_code, case_ref, COUNT(subject_key) AS n_people FROM under GROUP BY agency_code, case_ref
)
SELECT l.visit_no, MAX(p.n_people) AS n_people
FROM look_up_visit l
JOIN people p ON p.agency_code = l.agency_code AND p.case_ref = l.case_ref
GROUP BY l.visit_no
