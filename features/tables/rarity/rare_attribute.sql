-- The attributes in which a visit is as rare as one in twenty of its agency or rarer: what evidence is chosen by, also in later weeks.
SELECT CAST($week_start AS DATE) AS monday, l.visit_no, l.attribute, l.level
FROM visit_level l
WHERE l.level >= 3e0
ORDER BY l.visit_no NULLS LAST, l.attribute NULLS LAST
