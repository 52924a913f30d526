-- The most surprising value of each dimension in a visit, in quarters of a nat (a whole number, kept as a fraction). Of most
-- dimensions a visit has one value; of procedures and what hangs on them it may have several.
WITH judged AS (
    SELECT m.visit_no, m.dimension, s.surprise
    FROM mark m
    JOIN surprise_given s ON s.official_no = m.official_no AND s.dimension = m.dimension AND s.value = m.value
),
several AS (
    SELECT j.visit_no, j.dimension, j.surprise
    FROM judged j
    WHERE j.dimension IN ('procedure', 'item', 'period', 'breadth')
    UNION ALL
    SELECT l.visit_no, 'provider', s.surprise
    FROM look_up_visit l
    JOIN provider_surprise s ON s.agency_code = l.agency_code AND s.procedure_code = l.procedure_code
                            AND s.provider_agency = l.provider_agency
),
strangest AS (
    SELECT visit_no, dimension, surprise FROM judged WHERE dimension NOT IN ('procedure', 'item', 'period', 'breadth')
    UNION ALL
    SELECT visit_no, dimension, MAX(surprise) FROM several GROUP BY visit_no, dimension
)
SELECT t.visit_no, v.agency_code, t.dimension, CAST(FLOOR(GREATEST(t.surprise, 0e0) * 4e0) AS DOUBLE) AS surprise_bin
FROM strangest t
JOIN visit v ON v.visit_no = t.visit_no
