-- How many people were looked up under the case that a visit names, in the look-back and this week.
WITH under AS (
    SELECT agency_code, case_ref, subject_key FROM earlier_contact WHERE case_ref IS NOT NULL
    UNION
    SELECT agency_code, case_ref, subject_key FROM look_up WHERE case_ref IS NOT NULL AND subject_key IS NOT NULL
),
people AS (
    SELECT agency_code, case_ref, COUNT(subject_key) AS n_people FROM under GROUP BY agency_code, case_ref
),
largest AS (
    SELECT l.visit_no, MAX(p.n_people) AS n_people
    FROM look_up_visit l
    JOIN people p ON p.agency_code = l.agency_code AND p.case_ref = l.case_ref
    GROUP BY l.visit_no
)
SELECT c.visit_no, CASE WHEN c.n_people <= 1 THEN '1' WHEN c.n_people = 2 THEN '2' WHEN c.n_people <= 4 THEN '3-4'
                        WHEN c.n_people <= 8 THEN '5-8' ELSE '9+' END AS value
FROM largest c
