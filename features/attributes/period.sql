-- How many months a visit asks about under one procedure.
SELECT p.visit_no, p.procedure_code || '/' || CASE WHEN p.months <= 1 THEN '1' WHEN p.months <= 3 THEN '2-3'
             WHEN p.months <= 6 THEN '4-6' WHEN p.months <= 12 THEN '7-12' WHEN p.months <= 24 THEN '13-24'
             WHEN p.months <= 60 THEN '25-60' WHEN p.months <= 120 THEN '61-120' ELSE '121+' END AS value
FROM (SELECT l.visit_no, l.procedure_code, MAX(l.months) AS months
      FROM look_up_visit l WHERE l.months IS NOT NULL GROUP BY l.visit_no, l.procedure_code) p
