-- The last step of each case that requests of officials name, so far: what it was and who took it. A case that rested for half a
-- year is forgotten.
WITH step AS (
    SELECT s.agency_code, s.case_ref, s.procedure_code, s.requester_user, s.at
    FROM earlier_case_step s
    WHERE s.at >= $week_start - INTERVAL '182' DAY
    UNION ALL
    SELECT l.agency_code, l.case_ref, l.procedure_code, l.requester_user, l.requested_at
    FROM look_up l
    WHERE l.case_ref IS NOT NULL
),
ranked AS (
    SELECT t.agency_code, t.case_ref, t.procedure_code, t.requester_user, t.at,
           ROW_NUMBER() OVER (PARTITION BY t.agency_code, t.case_ref
                              ORDER BY t.at DESC NULLS LAST, t.procedure_code NULLS LAST, t.requester_user NULLS LAST) AS place
    FROM step t
)
SELECT r.agency_code, r.case_ref, r.procedure_code, r.requester_user, r.at
FROM ranked r
WHERE r.place = 1
