-- The case is somebody else's, but that person is looked up in the same case too: a household, a guardian, a spouse's income.
WITH main_person AS (
    SELECT DISTINCT r.requester_agency AS agency_code, r.case_ref, r.affair_code
    FROM request r
    JOIN explained e ON e.request_id = r.request_id AND e.explained_by IN ('open_case', 'open_case_near')
    UNION
    SELECT DISTINCT k.agency_code, k.case_ref, k.affair_code
    FROM earlier_contact k
    WHERE k.explained_by IN ('open_case', 'open_case_near') AND k.case_ref IS NOT NULL
)
SELECT r.request_id
FROM request r
JOIN main_person m
  ON m.agency_code = r.requester_agency AND m.case_ref = r.case_ref AND m.affair_code = r.affair_code
