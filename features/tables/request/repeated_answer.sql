-- The week's answers about a person and item that the same provider had provided before, of this week or an earlier one, and
-- which of them find nothing any more.
WITH found_before AS (
    SELECT DISTINCT e.agency_code, e.subject_key, e.item_code, e.provider_agency
    FROM earlier_person_item e
    WHERE e.found
),
found_now AS (
    SELECT r.requester_agency AS agency_code, r.subject_key, r.item_code, r.provider_agency, MIN(r.requested_at) AS first_at
    FROM request r
    WHERE r.subject_key IS NOT NULL AND r.result = 'provided'
    GROUP BY r.requester_agency, r.subject_key, r.item_code, r.provider_agency
)
SELECT CAST($week_start AS DATE) AS monday, r.request_id, r.requester_agency AS agency_code, r.requester_user,
       r.result = 'no_record' AS lost
FROM request r
LEFT JOIN found_before b ON b.agency_code = r.requester_agency AND b.subject_key = r.subject_key
                        AND b.item_code = r.item_code AND b.provider_agency = r.provider_agency
LEFT JOIN found_now n ON n.agency_code = r.requester_agency AND n.subject_key = r.subject_key
                     AND n.item_code = r.item_code AND n.provider_agency = r.provider_agency
WHERE r.result IN ('provided', 'no_record') AND (b.agency_code IS NOT NULL OR n.first_at < r.requested_at)
