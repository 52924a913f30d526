-- Agencies of five kinds, all in force.
SELECT 'A' || lpad(CAST(i AS VARCHAR), 5, '0') AS agency_code, '機関' || i AS name,
       CASE WHEN i < 60 THEN 'pension' WHEN i < 107 THEN 'prefecture' WHEN i % 5 < 2 THEN 'insurer' WHEN i % 5 = 2 THEN 'city' ELSE 'town' END AS kind,
       lpad(CAST(1 + i % 47 AS VARCHAR), 2, '0') AS prefecture_code, CAST(NULL AS VARCHAR) AS municipality_code,
       CAST(1000 + hash(i) % 500000 AS BIGINT) AS population, DATE '2015-01-01' AS valid_from, CAST(NULL AS DATE) AS valid_to
FROM range($agencies) r(i)
