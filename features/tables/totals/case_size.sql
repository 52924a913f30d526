-- How many of the week's cases of a procedure hold so many people, and in how many of those the people are asked about at
-- different providers for the same item: who lives together has one provider.
WITH apart AS (
    SELECT DISTINCT s.agency_code, s.case_ref
    FROM (SELECT r.requester_agency AS agency_code, r.case_ref, r.item_code
          FROM request r
          WHERE r.case_ref IS NOT NULL AND r.subject_key IS NOT NULL
          GROUP BY r.requester_agency, r.case_ref, r.item_code
          HAVING MIN(r.provider_agency) < MAX(r.provider_agency) AND MIN(r.subject_key) < MAX(r.subject_key)) s
),
sized AS (
    SELECT DISTINCT m.agency_code, m.case_ref, m.procedure_code, m.n_people FROM case_member m
)
SELECT CAST($week_start AS DATE) AS monday, s.agency_code, s.procedure_code, s.n_people, COUNT(s.case_ref) AS n,
       COUNT(a.case_ref) AS n_apart
FROM sized s
LEFT JOIN apart a ON a.agency_code = s.agency_code AND a.case_ref = s.case_ref
GROUP BY s.agency_code, s.procedure_code, s.n_people
