-- The people about whom was asked under a case reference in the week, and when first.
SELECT r.requester_agency AS agency_code, r.case_ref, r.subject_key, MIN(r.requested_at) AS first_at
FROM request r
WHERE r.case_ref IS NOT NULL AND r.subject_key IS NOT NULL
GROUP BY r.requester_agency, r.case_ref, r.subject_key
