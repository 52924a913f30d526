-- The people of the week's runs of files, and what is to be said of each: asked about at a provider where fewer than one in
-- twenty of the agency's people for whom the item is asked belong (`away`) or fewer than one in four hundred (`far`); never asked about here before
-- (`unknown`), both (`stranger`); alone in the run at his provider; nothing found; also asked about at a screen.
WITH part AS (
    SELECT b.agency_code, b.department, b.affair_code, b.first_at, r.requester_user,
           COALESCE(r.subject_key, r.request_id) AS person, r.subject_key, r.item_code, r.provider_agency, r.result
    FROM batch_run b
    JOIN request r ON r.requester_agency = b.agency_code AND COALESCE(r.requester_department, '') = b.department
                  AND r.affair_code = b.affair_code AND r.requested_at >= b.first_at AND r.requested_at <= b.last_at
    WHERE r.channel = 'batch'
),
known AS (
    SELECT e.agency_code, e.subject_key, MAX(CASE WHEN e.at_screen THEN 1 ELSE 0 END) AS at_screen
    FROM earlier_person_item e
    GROUP BY e.agency_code, e.subject_key
),
now_at_screen AS (SELECT DISTINCT p.agency_code, p.subject_key FROM person_item p WHERE p.at_screen),
provider AS (
    SELECT p.agency_code, p.department, p.affair_code, p.first_at, p.provider_agency, COUNT(DISTINCT p.person) AS n_people
    FROM part p
    GROUP BY p.agency_code, p.department, p.affair_code, p.first_at, p.provider_agency
),
person AS (
    SELECT p.agency_code, p.department, p.affair_code, p.first_at, p.person, MAX(p.subject_key) AS subject_key,
           MIN(p.requester_user) AS requester_user, MAX(u.surprisal) AS surprisal, MIN(v.n_people) AS n_at_provider,
           MIN(CASE WHEN p.result = 'no_record' THEN 1 ELSE 0 END) AS nothing
    FROM part p
    LEFT JOIN usual_provider u ON u.agency_code = p.agency_code AND u.item_code = p.item_code AND u.provider_agency = p.provider_agency
    JOIN provider v ON v.agency_code = p.agency_code AND v.department = p.department AND v.affair_code = p.affair_code
                   AND v.first_at = p.first_at AND v.provider_agency = p.provider_agency
    GROUP BY p.agency_code, p.department, p.affair_code, p.first_at, p.person
)
SELECT CAST($week_start AS DATE) AS monday, p.agency_code, p.department, p.affair_code, p.first_at, p.subject_key, p.requester_user,
       COALESCE(p.surprisal, 0e0) AS surprisal, COALESCE(p.surprisal, 0e0) >= 3e0 AS away, COALESCE(p.surprisal, 0e0) >= 6e0 AS far,
       p.subject_key IS NOT NULL AND k.subject_key IS NULL AS unknown,
       p.subject_key IS NOT NULL AND k.subject_key IS NULL AND COALESCE(p.surprisal, 0e0) >= 3e0 AS stranger,
       p.n_at_provider = 1 AS alone, p.nothing = 1 AS nothing,
       COALESCE(k.at_screen, 0) = 1 OR s.subject_key IS NOT NULL AS at_screen
FROM person p
LEFT JOIN known k ON k.agency_code = p.agency_code AND k.subject_key = p.subject_key
LEFT JOIN now_at_screen s ON s.agency_code = p.agency_code AND s.subject_key = p.subject_key
