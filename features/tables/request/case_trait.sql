-- What is said of the week's cases of several people: some of them have different providers for the same item (who lives together
-- has one); they are looked up in turn: back to one after another was begun.
WITH part AS (
    SELECT r.requester_agency AS agency_code, r.case_ref, r.subject_key, r.item_code, r.provider_agency, r.requested_at
    FROM request r
    WHERE r.case_ref IS NOT NULL AND r.subject_key IS NOT NULL
),
asked AS (
    SELECT agency_code, case_ref, item_code, subject_key, MIN(provider_agency) AS first_provider, MAX(provider_agency) AS last_provider
    FROM part
    GROUP BY agency_code, case_ref, item_code, subject_key
),
apart AS (
    SELECT DISTINCT a.agency_code, a.case_ref
    FROM asked a
    JOIN asked b ON b.agency_code = a.agency_code AND b.case_ref = a.case_ref AND b.item_code = a.item_code
    WHERE a.first_provider = a.last_provider AND b.first_provider = b.last_provider AND a.first_provider < b.first_provider
),
span AS (
    SELECT agency_code, case_ref, subject_key, MIN(requested_at) AS first_at, MAX(requested_at) AS last_at
    FROM part
    GROUP BY agency_code, case_ref, subject_key
),
turns AS (
    SELECT DISTINCT a.agency_code, a.case_ref
    FROM span a
    JOIN span b ON b.agency_code = a.agency_code AND b.case_ref = a.case_ref
    WHERE a.first_at < b.first_at AND a.last_at > b.first_at
)
SELECT c.agency_code, c.case_ref, a.case_ref IS NOT NULL AS apart, t.case_ref IS NOT NULL AS in_turn
FROM (SELECT DISTINCT agency_code, case_ref FROM span) c
LEFT JOIN apart a ON a.agency_code = c.agency_code AND a.case_ref = c.case_ref
LEFT JOIN turns t ON t.agency_code = c.agency_code AND t.case_ref = c.case_ref
