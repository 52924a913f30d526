-- One row a visit: an official, a person, a day. What later weeks need of it is all here.
SELECT
    CAST(ROW_NUMBER() OVER (ORDER BY l.agency_code NULLS LAST, l.requester_user NULLS LAST, l.subject NULLS LAST,
                                l.day NULLS LAST, l.department NULLS LAST) AS BIGINT) AS visit_no,
    l.agency_code,
    l.department,
    l.requester_user,
    l.subject,
    MIN(l.subject_key) AS subject_key,
    MIN(l.subject_key_national) AS subject_key_national,
    l.day,
    MIN(l.requested_at) AS first_at,
    MAX(l.requested_at) AS last_at,
    MIN(l.request_id) AS request_id,
    MIN(l.requester_terminal) AS requester_terminal,
    MIN(l.affair_code) AS affair_code,
    MIN(l.procedure_code) AS procedure_code,
    COUNT(l.request_id) AS n_requests,
    COUNT(CASE WHEN l.explained_by IS NULL THEN 1 END) AS n_unexplained,
    MIN(l.explained_by) AS explained_by,
    MIN(CASE WHEN l.explained_by IS NULL THEN COALESCE(CASE WHEN l.case_ref IS NOT NULL THEN 'mismatch' END, 'none') END) AS lacking,
    COUNT(CASE WHEN l.result = 'no_record' THEN 1 END) AS n_no_record,
    COUNT(CASE WHEN l.result IN ('withheld', 'refused') THEN 1 END) AS n_withheld,
    MAX(l.items_returned) AS items_returned
FROM look_up l
GROUP BY l.agency_code, l.department, l.requester_user, l.subject, l.day
