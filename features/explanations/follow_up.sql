-- The department went on with a person whom it handled with a reason in the weeks before: a repeat, an unfinished answer, a correction.
WITH handled AS (
    SELECT k.agency_code, k.department, k.subject_key, k.affair_code, MIN(k.first_at) AS first_at
    FROM earlier_contact k
    WHERE k.explained_by IS NOT NULL
    GROUP BY k.agency_code, k.department, k.subject_key, k.affair_code
    UNION ALL
    SELECT r.requester_agency, r.requester_department, r.subject_key, r.affair_code, MIN(r.requested_at)
    FROM request r
    JOIN explained e ON e.request_id = r.request_id
    WHERE r.subject_key IS NOT NULL AND e.explained_by <> 'batch_run'
    GROUP BY r.requester_agency, r.requester_department, r.subject_key, r.affair_code
)
SELECT r.request_id
FROM request r
JOIN handled h
  ON h.agency_code = r.requester_agency AND h.department = r.requester_department
 AND h.subject_key = r.subject_key AND h.affair_code = r.affair_code
WHERE r.case_ref IS NULL AND h.first_at < r.requested_at
GROUP BY r.request_id
