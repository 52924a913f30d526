-- The providers of a visit, judged by what the agency usually asks for the procedure (tables/rarity/provider_surprisal.sql).
SELECT l.visit_no, MAX(s.surprisal) AS surprisal
FROM look_up_visit l
JOIN provider_surprisal s ON s.agency_code = l.agency_code AND s.procedure_code = l.procedure_code
                         AND s.provider_agency = l.provider_agency
GROUP BY l.visit_no
