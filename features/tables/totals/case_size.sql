-- How many of the week's cases of a procedure hold so many people, and of how many of those is said what is said of cases of
-- several people.
WITH sized AS (
    SELECT DISTINCT m.agency_code, m.case_ref, m.procedure_code, m.n_people FROM case_member m
)
SELECT s.agency_code, s.procedure_code, s.n_people, COUNT(s.case_ref) AS n,
       COUNT(CASE WHEN t.apart THEN 1 END) AS n_apart, COUNT(CASE WHEN t.in_turn THEN 1 END) AS n_in_turn
FROM sized s
JOIN case_trait t ON t.agency_code = s.agency_code AND t.case_ref = s.case_ref
GROUP BY s.agency_code, s.procedure_code, s.n_people
