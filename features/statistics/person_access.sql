-- Every person looked at in the week: how rare the visits to him were over the window, with a reason or without. The rarest
-- visit counts whole, each other one a fifth of what it is rarer than one in three: many ordinary visits make nobody strange.
WITH level AS (
    SELECT v.agency_code, v.subject_key, v.monday, v.requester_user, v.visit_no,
           GREATEST(-LN(v.p_all), COALESCE(-LN(v.p_unexplained), 0e0)) AS level
    FROM recent_rated_visit v
    WHERE v.subject_key IS NOT NULL AND v.monday >= $window_start
),
person AS (
    SELECT l.agency_code, l.subject_key, MAX(l.level) AS rarest, MAX(l.monday) AS last_monday, COUNT(l.visit_no) AS n_visits,
           CAST(SUM(CAST(GREATEST(l.level - 1e0, 0e0) AS DECIMAL(18, 9))) AS DOUBLE) AS total
    FROM level l
    GROUP BY l.agency_code, l.subject_key
)
SELECT p.agency_code, p.agency_code || '/' || p.subject_key AS entity_id, p.subject_key,
       p.rarest + 2e-1 * (p.total - GREATEST(p.rarest - 1e0, 0e0)) AS value,
       CAST(p.n_visits AS DOUBLE) AS actual, 1e0 AS typical
FROM person p
WHERE p.last_monday = $monday
ORDER BY p.agency_code NULLS LAST, p.subject_key NULLS LAST
