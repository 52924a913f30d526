-- Which procedure came before in the same case: steps left out, done twice or in another order.
SELECT s.visit_no, s.procedure_code || '/' || COALESCE(s.procedure_before, 'first') AS value
FROM case_sequence s
GROUP BY s.visit_no, s.procedure_code, s.procedure_before
