-- Everybody about whom was asked under the week's cases, now or earlier. The case is that of the person whom the register
-- names, or, where it names nobody of them, of the first; the others joined him.
WITH active AS (
    SELECT r.requester_agency AS agency_code, r.case_ref, MIN(r.procedure_code) AS procedure_code
    FROM request r
    WHERE r.case_ref IS NOT NULL AND r.subject_key IS NOT NULL
    GROUP BY r.requester_agency, r.case_ref
),
person AS (
    SELECT p.agency_code, p.case_ref, p.subject_key, MIN(p.first_at) AS first_at, MAX(p.now) AS now
    FROM (SELECT agency_code, case_ref, subject_key, first_at, 1 AS now FROM case_person
          UNION ALL SELECT agency_code, case_ref, subject_key, first_at, 0 FROM earlier_case_person) p
    GROUP BY p.agency_code, p.case_ref, p.subject_key
),
registered AS (SELECT DISTINCT c.agency_code, c.case_ref, c.subject_key FROM cases c),
placed AS (
    SELECT a.agency_code, a.case_ref, a.procedure_code, p.subject_key, p.now = 1 AS this_week,
           g.subject_key IS NOT NULL AS is_registered,
           ROW_NUMBER() OVER (PARTITION BY p.agency_code, p.case_ref
                              ORDER BY CASE WHEN g.subject_key IS NULL THEN 1 ELSE 0 END NULLS LAST, p.first_at NULLS LAST, p.subject_key NULLS LAST) AS place
    FROM active a
    JOIN person p ON p.agency_code = a.agency_code AND p.case_ref = a.case_ref
    LEFT JOIN registered g ON g.agency_code = p.agency_code AND g.case_ref = p.case_ref AND g.subject_key = p.subject_key
)
SELECT m.agency_code, m.case_ref, m.procedure_code, m.subject_key, m.this_week,
       m.place > 1 AND NOT m.is_registered AS joined,
       MAX(CASE WHEN m.is_registered THEN 1 ELSE 0 END) OVER (PARTITION BY m.agency_code, m.case_ref) = 1 AS in_register,
       CAST(MAX(m.place) OVER (PARTITION BY m.agency_code, m.case_ref) AS BIGINT) AS n_people
FROM placed m
