-- How often each value of each dimension occurred, an official (in a department) a row: the week's share of everyone's history.
SELECT t.official_no, t.dimension, o.agency_code, o.department, o.requester_user, t.value, t.n
FROM (SELECT official_no, dimension, value, COUNT(visit_no) AS n FROM mark GROUP BY official_no, dimension, value) t
JOIN official o ON o.official_no = t.official_no
