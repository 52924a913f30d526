-- On how many earlier days of the look-back the same official looked at the same person without a reason.
WITH before AS (
    SELECT v.visit_no, COUNT(DISTINCT p.day) AS earlier_days
    FROM visit v
    JOIN (SELECT agency_code, requester_user, subject_key, day FROM earlier_rated_visit WHERE n_unexplained > 0
          UNION ALL
          SELECT agency_code, requester_user, subject_key, day FROM visit WHERE n_unexplained > 0) p
      ON p.agency_code = v.agency_code AND p.requester_user = v.requester_user AND p.subject_key = v.subject_key AND p.day < v.day
    WHERE v.n_unexplained > 0 AND v.subject_key IS NOT NULL
    GROUP BY v.visit_no
)
SELECT v.visit_no, CASE WHEN v.lacking IS NULL THEN 'explained' WHEN b.earlier_days >= 2 THEN 'again and again'
                        WHEN b.earlier_days = 1 THEN 'again' ELSE 'once' END AS value
FROM visit v
LEFT JOIN before b ON b.visit_no = v.visit_no
WHERE v.subject_key IS NOT NULL
