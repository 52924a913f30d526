-- The case is of another affair, but it is in hand: the official asks under it with a reason in this week, it was asked under with a
-- reason in an earlier one, and so was this person in either. A family in need applies for one thing after the other, and its
-- papers stay under one reference. Who is slipped into the case for another affair alone has no part in it.
WITH handled AS (
    SELECT DISTINCT r.requester_agency, r.requester_user, r.case_ref
    FROM request r
    JOIN explained e ON e.request_id = r.request_id AND e.explained_by IN ('open_case', 'open_case_near')
    WHERE r.requester_user IS NOT NULL AND r.case_ref IS NOT NULL
),
before AS (
    SELECT DISTINCT k.agency_code, k.case_ref, k.subject_key
    FROM earlier_contact k
    WHERE k.case_ref IS NOT NULL AND k.explained_by IN ('open_case', 'open_case_near', 'household_of_case')
),
person AS (
    SELECT b.agency_code, b.case_ref, b.subject_key FROM before b
    UNION
    SELECT r.requester_agency, r.case_ref, r.subject_key
    FROM request r
    JOIN explained e ON e.request_id = r.request_id AND e.explained_by IN ('open_case', 'open_case_near', 'household_of_case')
    WHERE r.case_ref IS NOT NULL AND r.subject_key IS NOT NULL
)
SELECT r.request_id
FROM request r
JOIN handled h ON h.requester_agency = r.requester_agency AND h.requester_user = r.requester_user AND h.case_ref = r.case_ref
JOIN (SELECT DISTINCT agency_code, case_ref FROM before) b ON b.agency_code = r.requester_agency AND b.case_ref = r.case_ref
JOIN person p ON p.agency_code = r.requester_agency AND p.case_ref = r.case_ref AND p.subject_key = r.subject_key
WHERE COALESCE(r.channel, 'interactive') <> 'batch'
