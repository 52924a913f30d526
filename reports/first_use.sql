-- What the requests of each case use that its officials (or else its agency) had not used in the weeks before the case, or in
-- few of them: at most `rare` of the weeks in which they asked at all, of which there have to be `least`.
WITH scope AS (
    SELECT case_id, agency_code, official, MIN(DATE_TRUNC('week', requested_at)) AS begins
    FROM case_row
    WHERE requester_agency = agency_code AND NOT national
    GROUP BY case_id, agency_code, official
),
used AS (
    SELECT u.case_id, u.kind, u.value, COUNT(*) AS requests
    FROM (UNPIVOT (SELECT case_id, procedure_code AS procedure, item_code AS item, provider_agency AS provider,
                          requester_department AS department, requester_terminal AS terminal FROM case_row)
          ON procedure, item, provider, department, terminal INTO NAME kind VALUE value) u
    GROUP BY u.case_id, u.kind, u.value
),
before AS (
    SELECT s.case_id, DATE_TRUNC('week', l.requested_at) AS monday, l.procedure_code AS procedure, l.item_code AS item,
           l.provider_agency AS provider, l.requester_department AS department, l.requester_terminal AS terminal,
           MIN(l.requested_at) AS first_at
    FROM scope s
    JOIN past_log l ON l.requester_agency = s.agency_code AND (s.official IS NULL OR l.requester_user = s.official)
    WHERE l.requested_at < s.begins
    GROUP BY ALL
),
usual AS (
    SELECT b.case_id, b.kind, b.value, MIN(b.first_at) AS first_at, COUNT(DISTINCT b.monday) AS weeks
    FROM (UNPIVOT before ON procedure, item, provider, department, terminal INTO NAME kind VALUE value) b
    GROUP BY b.case_id, b.kind, b.value
),
known AS (SELECT case_id, COUNT(DISTINCT monday) AS weeks FROM before GROUP BY case_id)
SELECT u.case_id, u.kind, u.value, u.requests, CAST(n.first_at AS DATE) AS first, COALESCE(n.weeks, 0) AS weeks, k.weeks AS known
FROM used u
JOIN known k ON k.case_id = u.case_id
LEFT JOIN usual n ON n.case_id = u.case_id AND n.kind = u.kind AND n.value = u.value
WHERE k.weeks >= $least AND COALESCE(n.weeks, 0) <= $rare * k.weeks
ORDER BY u.case_id, weeks, u.requests DESC, u.kind, u.value
