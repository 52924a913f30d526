-- The most surprising value of each dimension in a visit, in quarters of a nat (a whole number, kept as a fraction).
-- An item is judged given its procedure: what the procedure itself surprises by is taken off.
WITH marked AS (
    SELECT m.visit_no, m.dimension, m.value, v.agency_code, v.department, v.requester_user
    FROM mark m
    JOIN visit v ON v.visit_no = m.visit_no
),
judged AS (
    SELECT k.visit_no, k.agency_code, k.dimension, s.surprise
    FROM marked k
    JOIN surprise s ON s.dimension = k.dimension AND s.agency_code = k.agency_code AND s.department = k.department
                   AND s.requester_user = k.requester_user AND s.value = k.value
    WHERE k.dimension <> 'item'
    UNION ALL
    SELECT l.visit_no, l.agency_code, 'item', s.surprise - p.surprise
    FROM look_up_visit l
    JOIN visit v ON v.visit_no = l.visit_no
    JOIN surprise s ON s.dimension = 'item' AND s.agency_code = v.agency_code AND s.department = v.department
                   AND s.requester_user = v.requester_user AND s.value = l.procedure_code || '/' || l.item_code
    JOIN surprise p ON p.dimension = 'procedure' AND p.agency_code = v.agency_code AND p.department = v.department
                   AND p.requester_user = v.requester_user AND p.value = l.procedure_code
    UNION ALL
    SELECT l.visit_no, l.agency_code, 'provider', s.surprise
    FROM look_up_visit l
    JOIN provider_surprise s ON s.agency_code = l.agency_code AND s.procedure_code = l.procedure_code
                            AND s.provider_agency = l.provider_agency
)
SELECT visit_no, agency_code, dimension, CAST(FLOOR(GREATEST(MAX(surprise), 0e0) * 4e0) AS DOUBLE) AS surprise_bin
FROM judged
GROUP BY visit_no, agency_code, dimension
