-- The week's rows of an official, or with an empty name of a whole agency, in order of time.
SELECT r.request_id, r.requested_at, r.responded_at, r.requester_agency, r.provider_agency, r.affair_code, r.procedure_code,
       r.item_code, r.result, r.requester_nondisclosure, r.provider_nondisclosure, r.requester_delegator,
       r.provider_delegator, r.channel, r.requester_department, r.requester_user, r.requester_terminal,
       r.response_mode, r.inquiry_from, r.inquiry_to, r.items_returned, r.subject_key, r.case_ref,
       r.subject_key_national, r.record_copies, r.delivery_id
FROM week_log r
WHERE r.requester_agency = $agency AND ($official = '' OR r.requester_user = $official)
ORDER BY r.requested_at NULLS LAST, r.request_id NULLS LAST
