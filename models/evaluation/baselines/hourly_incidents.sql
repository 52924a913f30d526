-- One row an hour of an agency-procedure-provider in the week: how far its count and its mean size lie from those of the
-- same hour and weekday in the weeks before, in standard deviations. Hours without a request are not looked at.
WITH hourly AS (
    SELECT
        requester_agency,
        procedure_code,
        provider_agency,
        CAST(requested_at AS DATE) AS day,
        EXTRACT(HOUR FROM requested_at) AS hour,
        MIN(EXTRACT(ISODOW FROM requested_at)) AS weekday,
        COUNT(request_id) AS n,
        AVG(items_returned) AS size,
        COUNT(CASE WHEN result IN ('refused', 'error') THEN 1 END) AS n_failed
    FROM recent_log
    GROUP BY requester_agency, procedure_code, provider_agency, CAST(requested_at AS DATE), EXTRACT(HOUR FROM requested_at)
),
usual AS (
    SELECT
        requester_agency,
        procedure_code,
        provider_agency,
        weekday,
        hour,
        AVG(n) AS n_mean,
        STDDEV_POP(n) AS n_deviation,
        AVG(size) AS size_mean,
        STDDEV_POP(size) AS size_deviation
    FROM hourly
    WHERE day < $week_start
    GROUP BY requester_agency, procedure_code, provider_agency, weekday, hour
)
SELECT
    h.requester_agency AS agency_code,
    h.procedure_code,
    h.provider_agency,
    h.day,
    h.hour,
    h.n_failed / CAST(h.n AS DOUBLE) AS failed_share,
    ABS(h.n - COALESCE(u.n_mean, 0)) AS n_difference,
    ABS(h.n - COALESCE(u.n_mean, 0)) / COALESCE(NULLIF(u.n_deviation, 0), $least) AS n_z,
    ABS(h.size - u.size_mean) AS size_difference,
    ABS(h.size - u.size_mean) / COALESCE(NULLIF(u.size_deviation, 0), $least) AS size_z
FROM hourly h
LEFT JOIN usual u
    ON u.requester_agency = h.requester_agency AND u.procedure_code = h.procedure_code
    AND u.provider_agency = h.provider_agency AND u.weekday = h.weekday AND u.hour = h.hour
WHERE h.day >= $week_start
