-- For how many weeks an agency is known, fading by a twentieth a week as its counts do.
SELECT CAST($week_start AS DATE) AS monday, u.agency_code, 1e0 + 95e-2 * MAX(u.weeks) AS weeks
FROM (SELECT agency_code, weeks FROM earlier_agency_seen
      UNION ALL SELECT requester_agency, 0e0 FROM request) u
GROUP BY u.agency_code
