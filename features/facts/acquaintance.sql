-- On how many earlier days of the look-back the same official looked at the same person without a reason.
SELECT v.visit_no, COUNT(DISTINCT p.day) AS earlier_days
FROM visit v
JOIN (SELECT agency_code, requester_user, subject_key, day FROM earlier_visit WHERE n_unexplained > 0
      UNION ALL
      SELECT agency_code, requester_user, subject_key, day FROM visit WHERE n_unexplained > 0) p
  ON p.agency_code = v.agency_code AND p.requester_user = v.requester_user AND p.subject_key = v.subject_key AND p.day < v.day
WHERE v.n_unexplained > 0 AND v.subject_key IS NOT NULL
GROUP BY v.visit_no
