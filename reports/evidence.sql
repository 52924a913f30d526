-- The log rows of the requests that the cases name. The columns on non-disclosure are left out on purpose.
SELECT l.request_id, l.requested_at, l.requester_user, l.requester_terminal, l.requester_department, l.subject_key,
       l.procedure_code, l.item_code, l.provider_agency, l.result, l.case_ref
FROM linkage_log l
JOIN wanted w ON w.request_id = l.request_id
