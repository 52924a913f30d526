-- How many cases a model listed, by kind and size of agency. `scored`: the scores of agencies and officials in the weeks that it
-- scored; `cases`: their cases; `agencies`: the reference table. Size is the most officials of the agency that one week scored.
WITH kinds AS (SELECT agency_code, max(kind) AS kind FROM agencies GROUP BY agency_code),
weekly AS (
    SELECT agency_code, week, count(*) FILTER (entity = 'user') AS officials FROM scored
    WHERE entity IN ('agency', 'user') GROUP BY ALL
),
sized AS (SELECT agency_code, max(officials) AS most, count(*) AS agency_weeks, sum(officials) AS official_weeks FROM weekly GROUP BY ALL),
listed AS (
    SELECT agency_code, count(*) AS cases, count(*) FILTER (entity = 'agency') AS of_agency, count(*) FILTER (confidence < 1) AS short
    FROM cases GROUP BY ALL
),
each_agency AS (
    SELECT coalesce(k.kind, 'unlisted') AS kind,
           CASE WHEN s.most = 0 THEN 0 WHEN s.most < 10 THEN 1 WHEN s.most < 50 THEN 10 WHEN s.most < 200 THEN 50 ELSE 200 END AS size,
           s.agency_weeks, s.official_weeks, coalesce(l.cases, 0) AS cases, coalesce(l.of_agency, 0) AS of_agency, coalesce(l.short, 0) AS short
    FROM sized s
    LEFT JOIN kinds k ON k.agency_code = s.agency_code
    LEFT JOIN listed l ON l.agency_code = s.agency_code
)
SELECT CASE WHEN grouping(kind) = 0 THEN 'kind' ELSE 'size' END AS split, kind, size, count(*) AS agencies,
       CAST(sum(agency_weeks) AS BIGINT) AS agency_weeks, CAST(sum(official_weeks) AS BIGINT) AS official_weeks,
       CAST(sum(cases) AS BIGINT) AS cases, CAST(sum(of_agency) AS BIGINT) AS of_agency, CAST(sum(short) AS BIGINT) AS short
FROM each_agency
GROUP BY GROUPING SETS ((kind), (size))
ORDER BY split, kind, size
