-- Whether a case that a visit serves was closed by the day after it was opened: entered to look, and withdrawn.
SELECT b.visit_no, CASE WHEN b.brief = 1 THEN 'brief' ELSE 'ordinary' END AS value
FROM (SELECT l.visit_no, MAX(CASE WHEN c.closed <= c.opened + INTERVAL '1' DAY THEN 1 ELSE 0 END) AS brief
      FROM look_up_visit l
      JOIN cases c ON c.agency_code = l.agency_code AND c.case_ref = l.case_ref
      GROUP BY l.visit_no) b
