-- How often each value of each attribute occurred, an official (in a department) a row: the week's share of everyone's history.
SELECT t.official_no, t.attribute, o.agency_code, o.department, o.requester_user, t.value, t.n
FROM (SELECT official_no, attribute, value, COUNT(visit_no) AS n FROM visit_attribute GROUP BY official_no, attribute, value) t
JOIN official o ON o.official_no = t.official_no
