-- What a week's log holds: requests, requesting agencies, working days, and working days with a request.
WITH week_days AS (
    SELECT date, is_working_day
    FROM calendar
    WHERE date >= $first_day AND date < $next_week
),
requested AS (
    SELECT CAST(requested_at AS DATE) AS date, requester_agency
    FROM linkage_log
)
SELECT
    (SELECT COUNT(*) FROM requested) AS requests,
    (SELECT COUNT(DISTINCT requester_agency) FROM requested) AS agencies,
    (SELECT COUNT(*) FROM week_days WHERE is_working_day) AS working_days,
    (
        SELECT COUNT(DISTINCT requested.date)
        FROM requested
        INNER JOIN week_days ON requested.date = week_days.date
        WHERE week_days.is_working_day
    ) AS days_with_requests
