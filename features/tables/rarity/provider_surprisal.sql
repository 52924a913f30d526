-- Minus the logarithm of how probable a provider is for the agency's procedure, smoothed towards the agency's other
-- procedures, then towards the nation's share of that provider. This week's own requests count as well but for one,
-- so a provider that appears once is judged by everything else.
WITH seen AS (
    SELECT agency_code, procedure_code, provider_agency, SUM(n) AS n
    FROM (SELECT agency_code, procedure_code, provider_agency, n FROM earlier_provider_profile
          UNION ALL SELECT agency_code, procedure_code, provider_agency, n FROM provider_profile) u
    GROUP BY agency_code, procedure_code, provider_agency
),
procedure_all AS (SELECT agency_code, procedure_code, SUM(n) AS n FROM seen GROUP BY agency_code, procedure_code),
agency_provider AS (SELECT agency_code, provider_agency, SUM(n) AS n FROM seen GROUP BY agency_code, provider_agency),
agency_all AS (SELECT agency_code, SUM(n) AS n FROM seen GROUP BY agency_code),
nation_provider AS (SELECT provider_agency, SUM(n) AS n FROM seen GROUP BY provider_agency),
nation_all AS (SELECT SUM(n) AS n, COUNT(DISTINCT provider_agency) AS n_values FROM seen)
SELECT t.agency_code, t.procedure_code, t.provider_agency,
       -LN((CAST(s.n - 1 AS DOUBLE)
            + $strength * (CAST(ap.n - 1 AS DOUBLE)
                           + $strength * (CAST(np.n - ap.n AS DOUBLE) + 5e-1) / NULLIF(CAST(na.n - aa.n AS DOUBLE) + 5e-1 * na.n_values, 0))
              / (CAST(aa.n - 1 AS DOUBLE) + $strength))
           / (CAST(pa.n - 1 AS DOUBLE) + $strength)) AS surprisal
FROM provider_profile t
JOIN seen s ON s.agency_code = t.agency_code AND s.procedure_code = t.procedure_code AND s.provider_agency = t.provider_agency
JOIN procedure_all pa ON pa.agency_code = t.agency_code AND pa.procedure_code = t.procedure_code
JOIN agency_provider ap ON ap.agency_code = t.agency_code AND ap.provider_agency = t.provider_agency
JOIN agency_all aa ON aa.agency_code = t.agency_code
JOIN nation_provider np ON np.provider_agency = t.provider_agency
CROSS JOIN nation_all na
