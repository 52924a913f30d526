-- The procedures of a visit.
SELECT l.visit_no, l.procedure_code AS value
FROM look_up_visit l
GROUP BY l.visit_no, l.procedure_code
