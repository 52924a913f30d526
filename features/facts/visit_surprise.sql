-- The most surprising value of each dimension in a visit, in quarters of a nat (a whole number, kept as a fraction).
WITH judged AS (
    SELECT m.visit_no, v.agency_code, m.dimension, s.surprise
    FROM mark m
    JOIN visit v ON v.visit_no = m.visit_no
    JOIN surprise_given s ON s.dimension = m.dimension AND s.agency_code = v.agency_code AND s.department = v.department
                         AND s.requester_user = v.requester_user AND s.value = m.value
    UNION ALL
    SELECT l.visit_no, l.agency_code, 'provider', s.surprise
    FROM look_up_visit l
    JOIN provider_surprise s ON s.agency_code = l.agency_code AND s.procedure_code = l.procedure_code
                            AND s.provider_agency = l.provider_agency
)
SELECT visit_no, agency_code, dimension, FLOOR(GREATEST(MAX(surprise), 0e0) * 4e0) AS surprise_bin
FROM judged
GROUP BY visit_no, agency_code, dimension
