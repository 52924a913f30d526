-- Where the copies of a week's requests do not agree, or a copy is missing that its agency delivers otherwise.
-- {log}: the week's log; {copies}: all copies of the requests that have more than one.
WITH log AS (SELECT * FROM {log}),
said AS (
    SELECT c.request_id, l.requester_agency, c.record_copy AS copy,
           unnest(list_filter([{contradictions}], lambda column_name: column_name IS NOT NULL)) AS difference
    FROM {copies} c JOIN log l ON l.request_id = c.request_id
),
has AS (
    SELECT request_id, requester_agency, provider_agency,
           contains(record_copies, 'core') AS core,
           contains(record_copies, 'requester') AS requester,
           contains(record_copies, 'provider') AS provider
    FROM log
),
missing AS (
    SELECT request_id, requester_agency, 'core' AS copy, 'missing_core' AS difference FROM has
    WHERE NOT core AND requester_agency IN (SELECT requester_agency FROM has WHERE core)
    UNION ALL
    SELECT request_id, requester_agency, 'requester', 'missing_requester' FROM has
    WHERE NOT requester AND requester_agency IN (SELECT requester_agency FROM has WHERE requester)
    UNION ALL
    SELECT request_id, requester_agency, 'provider', 'missing_provider' FROM has
    WHERE NOT provider AND provider_agency IN (SELECT provider_agency FROM has WHERE provider)
)
SELECT request_id, requester_agency, copy, difference FROM said
UNION ALL
SELECT request_id, requester_agency, copy, difference FROM missing
ORDER BY request_id, copy, difference
