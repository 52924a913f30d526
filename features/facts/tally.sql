-- How often each value of each dimension occurred, an official (in a department) a row: the week's share of everyone's history.
SELECT m.dimension, v.agency_code, v.department, v.requester_user, m.value, COUNT(m.visit_no) AS n
FROM mark m
JOIN visit v ON v.visit_no = m.visit_no
GROUP BY m.dimension, v.agency_code, v.department, v.requester_user, m.value
