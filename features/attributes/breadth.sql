-- How many items a visit asks for under one procedure.
SELECT b.visit_no, b.procedure_code || '/' || CASE WHEN b.n_items <= 4 THEN CAST(b.n_items AS STRING)
                                                   WHEN b.n_items <= 8 THEN '5-8' ELSE '9+' END AS value
FROM (SELECT l.visit_no, l.procedure_code, COUNT(DISTINCT l.item_code) AS n_items
      FROM look_up_visit l GROUP BY l.visit_no, l.procedure_code) b
