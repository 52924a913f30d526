-- One row a person, affair and department with whom the agency dealt in the week: later weeks ask it who was known, and why.
SELECT
    r.requester_agency AS agency_code,
    r.requester_department AS department,
    r.subject_key,
    r.affair_code,
    MIN(r.case_ref) AS case_ref,
    MIN(e.explained_by) AS explained_by,
    MIN(r.requested_at) AS first_at
FROM request r
LEFT JOIN explained e ON e.request_id = r.request_id
WHERE r.subject_key IS NOT NULL AND COALESCE(e.explained_by, '') <> 'batch_run'
GROUP BY r.requester_agency, r.requester_department, r.subject_key, r.affair_code
