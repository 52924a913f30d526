-- Every person looked at in the week: how rare the visits to him were over the window, with a reason or without, as a whole or in
-- their rarest attribute (of many one is rare by chance: their number is taken off). The rarest visit of the week counts whole,
-- each other one, and those of weeks before, a fifth of what it is rarer than one in three: many ordinary visits make nobody strange,
-- and what was strange weeks ago was told then.
WITH attributes AS (SELECT LN(CAST(GREATEST(COUNT(DISTINCT attribute), 1) AS DOUBLE)) AS chances FROM recent_rare_attribute),
rare AS (SELECT monday, visit_no, MAX(level) AS level FROM recent_rare_attribute GROUP BY monday, visit_no),
level AS (
    SELECT v.agency_code, v.subject_key, v.monday, v.visit_no,
           GREATEST(-LN(v.p_all), COALESCE(-LN(v.p_unexplained), 0e0), COALESCE(r.level - a.chances, 0e0)) AS level
    FROM recent_rated_visit v
    CROSS JOIN attributes a
    LEFT JOIN rare r ON r.monday = v.monday AND r.visit_no = v.visit_no
    WHERE v.subject_key IS NOT NULL AND v.monday >= $window_start
),
person AS (
    SELECT l.agency_code, l.subject_key, MAX(CASE WHEN l.monday = $monday THEN l.level END) AS rarest, COUNT(l.visit_no) AS n_visits,
           CAST(SUM(CAST(GREATEST(l.level - 1e0, 0e0) AS DECIMAL(18, 9))) AS DOUBLE) AS total
    FROM level l
    GROUP BY l.agency_code, l.subject_key
)
SELECT p.agency_code, p.agency_code || '/' || p.subject_key AS entity_id, p.subject_key,
       p.rarest + 2e-1 * (p.total - GREATEST(p.rarest - 1e0, 0e0)) AS value,
       CAST(p.n_visits AS DOUBLE) AS actual, 1e0 AS typical
FROM person p
WHERE p.rarest IS NOT NULL
ORDER BY p.agency_code NULLS LAST, p.subject_key NULLS LAST
