-- How many cases of a procedure held so many people, by agency: the week and the weeks before.
SELECT c.agency_code, c.procedure_code, CAST(c.n_people AS DOUBLE) AS n_people, CAST(SUM(c.n) AS DOUBLE) AS n,
       CAST(SUM(c.n_apart) AS DOUBLE) AS n_apart, CAST(SUM(c.n_in_turn) AS DOUBLE) AS n_in_turn
FROM recent_case_size c
GROUP BY c.agency_code, c.procedure_code, c.n_people
ORDER BY c.agency_code NULLS LAST, c.procedure_code NULLS LAST, c.n_people NULLS LAST
