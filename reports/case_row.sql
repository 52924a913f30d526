-- The log rows of the cases, one a case and request. `person` is the same across agencies where the case is about somebody of the nation.
-- `official` is who made the request, where the case is about officials and not about a person or an agency.
SELECT c.case_id, c.agency_code, CASE WHEN c.official IS NOT NULL THEN l.requester_user END AS official, c.national, l.requester_agency, l.subject_key, l.subject_key_national,
       CASE WHEN c.national THEN l.subject_key_national ELSE l.subject_key END AS person,
       l.requested_at, l.procedure_code, l.item_code, l.provider_agency, l.requester_department, l.requester_terminal
FROM in_case c
JOIN linkage_log l ON l.request_id = c.request_id
