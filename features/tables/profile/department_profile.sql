-- What each department did so far, in whole thousandths of a visit, fading as its officials' habits do.
SELECT u.attribute, u.agency_code, u.department, u.value, SUM(u.n) AS n
FROM (
    SELECT attribute, agency_code, department, value, CAST(FLOOR(n * 95e-2) AS DOUBLE) AS n
    FROM earlier_department_profile
    UNION ALL
    SELECT attribute, agency_code, department, value, n FROM learned_week
) u
GROUP BY u.attribute, u.agency_code, u.department, u.value
HAVING SUM(u.n) >= 300
