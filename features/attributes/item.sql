-- The items of a visit, each under its procedure.
SELECT l.visit_no, l.procedure_code || '/' || l.item_code AS value
FROM look_up_visit l
GROUP BY l.visit_no, l.procedure_code, l.item_code
