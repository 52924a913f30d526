-- How surprising it is that an agency asks a provider for an item, by the people of the weeks before: minus the logarithm of the
-- provider's share, smoothed towards all agencies that ask for the item, and those towards all providers alike.
WITH asked AS (
    SELECT DISTINCT requester_agency AS agency_code, item_code, provider_agency FROM request WHERE channel = 'batch'
),
usual AS (
    SELECT e.agency_code, e.item_code, e.provider_agency, CAST(COUNT(*) AS DOUBLE) AS n
    FROM earlier_person_item e
    GROUP BY e.agency_code, e.item_code, e.provider_agency
),
total AS (SELECT agency_code, item_code, SUM(n) AS n FROM usual GROUP BY agency_code, item_code),
nation AS (SELECT item_code, provider_agency, SUM(n) AS n FROM usual GROUP BY item_code, provider_agency),
nation_total AS (SELECT item_code, SUM(n) AS n, COUNT(*) AS n_providers FROM nation GROUP BY item_code)
SELECT a.agency_code, a.item_code, a.provider_agency,
       -LN((COALESCE(u.n, 0e0) + $strength * (COALESCE(n.n, 0e0) + 1e0) / NULLIF(COALESCE(m.n, 0e0) + COALESCE(m.n_providers, 0) + 1e0, 0))
           / NULLIF(COALESCE(t.n, 0e0) + $strength, 0)) AS surprisal
FROM asked a
LEFT JOIN usual u ON u.agency_code = a.agency_code AND u.item_code = a.item_code AND u.provider_agency = a.provider_agency
LEFT JOIN total t ON t.agency_code = a.agency_code AND t.item_code = a.item_code
LEFT JOIN nation n ON n.item_code = a.item_code AND n.provider_agency = a.provider_agency
LEFT JOIN nation_total m ON m.item_code = a.item_code
