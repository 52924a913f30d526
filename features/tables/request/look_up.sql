-- One row a request that an official made, with its explanation and the visit (official, person, day) that it belongs to.
-- A request without a subject is a visit of its own.
SELECT
    r.request_id,
    r.requester_agency AS agency_code,
    COALESCE(r.requester_department, '') AS department,
    r.requester_user,
    COALESCE(r.subject_key, r.request_id) AS subject,
    r.subject_key,
    r.subject_key_national,
    r.requester_terminal,
    CAST(r.requested_at AS DATE) AS day,
    r.requested_at,
    r.affair_code,
    r.procedure_code,
    r.item_code,
    r.provider_agency,
    r.result,
    r.case_ref,
    r.items_returned,
    CAST(SUBSTRING(CAST(r.inquiry_to AS STRING), 1, 4) AS INTEGER) * 12 + CAST(SUBSTRING(CAST(r.inquiry_to AS STRING), 6, 2) AS INTEGER)
        - (CAST(SUBSTRING(CAST(r.inquiry_from AS STRING), 1, 4) AS INTEGER) * 12 + CAST(SUBSTRING(CAST(r.inquiry_from AS STRING), 6, 2) AS INTEGER)) AS months,
    e.explained_by
FROM request r
LEFT JOIN explained e ON e.request_id = r.request_id
WHERE r.requester_user IS NOT NULL AND COALESCE(r.channel, 'interactive') <> 'batch'
