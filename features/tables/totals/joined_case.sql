-- The week's requests that may mix up two people: about somebody who joined another's case, or, where no register says whose
-- it is, all of the case. People who stand together under another reference too belong together. Who stood under it in an earlier
-- week joined then, and was told of then.
WITH mine AS (
    SELECT DISTINCT m.agency_code, m.case_ref, m.procedure_code, m.in_register, m.n_people
    FROM case_member m
    WHERE m.joined AND m.this_week AND m.n_people >= 2
),
together AS (
    SELECT p.agency_code, p.case_ref, p.subject_key FROM case_person p
    UNION
    SELECT e.agency_code, e.case_ref, e.subject_key FROM earlier_case_person e
),
pair AS (
    SELECT a.agency_code, a.case_ref, a.subject_key, b.subject_key AS other
    FROM case_member a
    JOIN case_member b ON b.agency_code = a.agency_code AND b.case_ref = a.case_ref AND b.subject_key <> a.subject_key
    WHERE a.joined AND a.this_week
),
related AS (
    SELECT DISTINCT p.agency_code, p.case_ref, p.subject_key
    FROM pair p
    JOIN together x ON x.agency_code = p.agency_code AND x.subject_key = p.subject_key AND x.case_ref <> p.case_ref
    JOIN together y ON y.agency_code = x.agency_code AND y.case_ref = x.case_ref AND y.subject_key = p.other
),
known AS (
    SELECT l.agency_code, l.case_ref, l.subject_key FROM related l
    UNION
    SELECT e.agency_code, e.case_ref, e.subject_key FROM earlier_case_person e
),
counted AS (
    SELECT m.agency_code, m.case_ref, COUNT(m.subject_key) - COUNT(k.subject_key) AS n_unrelated
    FROM case_member m
    LEFT JOIN known k ON k.agency_code = m.agency_code AND k.case_ref = m.case_ref AND k.subject_key = m.subject_key
    WHERE m.joined AND m.this_week
    GROUP BY m.agency_code, m.case_ref
)
SELECT CAST($week_start AS DATE) AS monday, r.request_id, m.agency_code, m.case_ref, m.procedure_code, r.requester_user, m.n_people,
       t.apart, t.in_turn
FROM mine m
JOIN counted c ON c.agency_code = m.agency_code AND c.case_ref = m.case_ref
JOIN request r ON r.requester_agency = m.agency_code AND r.case_ref = m.case_ref
JOIN case_member w ON w.agency_code = m.agency_code AND w.case_ref = m.case_ref AND w.subject_key = r.subject_key
JOIN case_trait t ON t.agency_code = m.agency_code AND t.case_ref = m.case_ref
WHERE c.n_unrelated > 0 AND (w.joined OR NOT m.in_register)
