-- Who was expected to ask in the week, who did not, and whom no reference table knows.
-- `recent_agency_week`: agencies and their requests, a row an agency and week; `agencies`: the dated reference table.
WITH before AS (
    SELECT DISTINCT agency_code FROM recent_agency_week WHERE monday < $monday AND monday >= $first_monday
),
now AS (SELECT DISTINCT agency_code FROM recent_agency_week WHERE monday = $monday),
listed AS (
    SELECT agency_code, bool_or(valid_from IS NULL OR valid_from < $next_monday) AND bool_or(valid_to IS NULL OR valid_to >= $monday) AS valid
    FROM agencies GROUP BY agency_code
),
seen AS (
    SELECT coalesce(b.agency_code, n.agency_code) AS agency_code, n.agency_code IS NOT NULL AS asks,
           b.agency_code IS NOT NULL AND coalesce(l.valid, true) AS expected, l.agency_code IS NULL AS unlisted
    FROM before b
    FULL JOIN now n ON n.agency_code = b.agency_code
    LEFT JOIN listed l ON l.agency_code = coalesce(b.agency_code, n.agency_code)
)
SELECT (SELECT count(*) FROM listed WHERE valid) AS in_table,
       count(*) FILTER (expected) AS expected,
       coalesce(list(agency_code ORDER BY agency_code) FILTER (expected AND NOT asks), []) AS silent,
       coalesce(list(agency_code ORDER BY agency_code) FILTER (asks AND unlisted), []) AS unknown
FROM seen
