-- An agency's week beside its own earlier weeks, and what all agencies of its kind did in the same weeks.
WITH now_week AS (SELECT agency_code, n_requests, n_interactive, n_unanswered, n_error FROM recent_agency_week WHERE monday = $monday),
earlier AS (SELECT agency_code, monday, n_requests, n_interactive, n_unanswered, n_error FROM recent_agency_week WHERE monday < $monday),
kind_now AS (
    SELECT COALESCE(a.kind, 'unknown') AS kind, SUM(n.n_interactive) AS n, SUM(n.n_unanswered) AS n_unanswered, SUM(n.n_requests) AS n_requests
    FROM now_week n LEFT JOIN agency_now a ON a.agency_code = n.agency_code GROUP BY COALESCE(a.kind, 'unknown')
),
kind_earlier AS (
    SELECT COALESCE(a.kind, 'unknown') AS kind, SUM(e.n_interactive) AS n, COUNT(DISTINCT e.monday) AS n_weeks
    FROM earlier e LEFT JOIN agency_now a ON a.agency_code = e.agency_code GROUP BY COALESCE(a.kind, 'unknown')
),
own AS (
    SELECT agency_code, COUNT(monday) AS n_weeks,
           CAST(PERCENTILE_CONT(5e-1) WITHIN GROUP (ORDER BY n_interactive) AS DOUBLE) AS median_interactive,
           CAST(MIN(n_interactive) AS DOUBLE) AS least_interactive,
           CAST(SUM(n_requests) AS DOUBLE) AS n_requests, CAST(SUM(n_unanswered) AS DOUBLE) AS n_unanswered
    FROM earlier GROUP BY agency_code
)
SELECT o.agency_code, COALESCE(a.kind, 'unknown') AS kind, o.n_weeks, o.median_interactive, o.least_interactive,
       o.n_requests AS earlier_requests, o.n_unanswered AS earlier_unanswered,
       COALESCE(n.n_requests, 0) AS n_requests, COALESCE(n.n_interactive, 0) AS n_interactive, COALESCE(n.n_unanswered, 0) AS n_unanswered,
       CAST(kn.n AS DOUBLE) / NULLIF(CAST(ke.n AS DOUBLE) / NULLIF(ke.n_weeks, 0), 0) AS kind_ratio,
       CAST(kn.n_unanswered AS DOUBLE) / NULLIF(kn.n_requests, 0) AS kind_unanswered_share
FROM own o
LEFT JOIN now_week n ON n.agency_code = o.agency_code
LEFT JOIN agency_now a ON a.agency_code = o.agency_code
LEFT JOIN kind_now kn ON kn.kind = COALESCE(a.kind, 'unknown')
LEFT JOIN kind_earlier ke ON ke.kind = COALESCE(a.kind, 'unknown')
