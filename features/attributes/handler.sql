-- Whether the procedures of a visit are this official's work at the agency: minus the logarithm of how much more or less often
-- he does them than the agency as a whole, his own so far leaning on the agency by five visits.
WITH own AS (
    SELECT p.agency_code, p.requester_user, p.value, SUM(p.n) / 1e3 AS n
    FROM earlier_user_profile p WHERE p.attribute = 'procedure' GROUP BY p.agency_code, p.requester_user, p.value
),
own_all AS (SELECT o.agency_code, o.requester_user, SUM(o.n) AS n FROM own o GROUP BY o.agency_code, o.requester_user),
agency AS (
    SELECT u.agency_code, u.value, SUM(u.n) AS n
    FROM (SELECT agency_code, value, n / 1e3 AS n FROM earlier_department_profile WHERE attribute = 'procedure'
          UNION ALL SELECT agency_code, value, CAST(n AS DOUBLE) FROM week_profile WHERE attribute = 'procedure') u
    GROUP BY u.agency_code, u.value
),
agency_all AS (SELECT a.agency_code, SUM(a.n) AS n FROM agency a GROUP BY a.agency_code),
judged AS (
    SELECT w.official_no, w.value, a.n / NULLIF(t.n, 0) AS share, COALESCE(o.n, 0e0) AS own_n, COALESCE(oa.n, 0e0) AS own_total
    FROM week_profile w
    JOIN agency a ON a.agency_code = w.agency_code AND a.value = w.value
    JOIN agency_all t ON t.agency_code = w.agency_code
    LEFT JOIN own o ON o.agency_code = w.agency_code AND o.requester_user = w.requester_user AND o.value = w.value
    LEFT JOIN own_all oa ON oa.agency_code = w.agency_code AND oa.requester_user = w.requester_user
    WHERE w.attribute = 'procedure'
)
SELECT m.visit_no, MAX(-LN((j.own_n + 5e0 * j.share) / (j.own_total + 5e0) / NULLIF(j.share, 0))) AS surprisal
FROM visit_attribute m
JOIN judged j ON j.official_no = m.official_no AND j.value = m.value
WHERE m.attribute = 'procedure'
GROUP BY m.visit_no
