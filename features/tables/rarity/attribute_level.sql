-- How rare a visit is, in nats, by what the scan counts: as a whole, without a reason (among those without), in each
-- attribute where it is rare at all, and in the attributes declared so also among visits without a reason only.
SELECT visit_no, 'visit' AS attribute, -LN(p_all) AS level FROM rated_visit
UNION ALL
SELECT visit_no, 'unexplained', -LN(p_among_unexplained) FROM rated_visit WHERE n_unexplained > 0
UNION ALL
SELECT l.visit_no, l.attribute, l.level FROM rare_attribute l
UNION ALL
SELECT l.visit_no, 'unexplained_' || l.attribute, l.level
FROM rare_attribute l
JOIN attribute a ON a.name = l.attribute
JOIN visit v ON v.visit_no = l.visit_no
WHERE a.without_reason AND v.n_unexplained > 0
