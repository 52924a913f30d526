-- The week's log with what was planted, in the order of every log of the lake.
SELECT r.request_id, r.requested_at, r.responded_at, r.requester_agency, r.provider_agency, r.affair_code, r.procedure_code,
       r.item_code, r.result, r.requester_nondisclosure, r.provider_nondisclosure, r.requester_delegator,
       r.provider_delegator, r.channel, r.requester_department, r.requester_user, r.requester_terminal,
       r.response_mode, r.inquiry_from, r.inquiry_to, r.items_returned, r.subject_key, r.case_ref,
       r.subject_key_national, r.record_copies, r.delivery_id
FROM week_log r
ANTI JOIN removed x ON x.request_id = r.request_id
UNION ALL
SELECT a.request_id, a.requested_at, a.responded_at, a.requester_agency, a.provider_agency, a.affair_code, a.procedure_code,
       a.item_code, a.result, a.requester_nondisclosure, a.provider_nondisclosure, a.requester_delegator,
       a.provider_delegator, a.channel, a.requester_department, a.requester_user, a.requester_terminal,
       a.response_mode, a.inquiry_from, a.inquiry_to, a.items_returned, a.subject_key, a.case_ref,
       a.subject_key_national, a.record_copies, a.delivery_id
FROM added a
ORDER BY requester_agency NULLS LAST, requester_user NULLS LAST, requested_at NULLS LAST, request_id NULLS LAST
