-- How many visits of an official reach each level of each attribute in the week (a level is a step of one and a half nats;
-- levels 0 and 1 are counted of visits without a reason only: level 0 counts them all): what the scan compares with earlier weeks.
SELECT CAST($week_start AS DATE) AS monday, v.agency_code, v.department, v.requester_user, m.attribute, t.step, COUNT(m.visit_no) AS n
FROM attribute_level m
JOIN level_step t ON m.level >= t.least
JOIN visit v ON v.visit_no = m.visit_no
WHERE t.step >= 2 OR m.attribute = 'unexplained'
GROUP BY v.agency_code, v.department, v.requester_user, m.attribute, t.step
ORDER BY v.agency_code NULLS LAST, v.department NULLS LAST, v.requester_user NULLS LAST, m.attribute NULLS LAST, t.step NULLS LAST
