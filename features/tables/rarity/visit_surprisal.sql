-- The most surprising value of each attribute in a visit, in quarters of a nat (a whole number, kept as a fraction). Of most
-- attributes a visit has one value; of procedures and what hangs on them it may have several. What is declared `ordinary` surprises nobody.
WITH judged AS (
    SELECT m.visit_no, m.attribute, CASE WHEN o.value IS NULL THEN s.surprisal ELSE 0e0 END AS surprisal
    FROM visit_attribute m
    JOIN surprisal_given s ON s.official_no = m.official_no AND s.attribute = m.attribute AND s.value = m.value
    LEFT JOIN ordinary_value o ON o.attribute = m.attribute AND o.value = m.value
),
extreme AS (
    SELECT j.visit_no, j.attribute, j.surprisal
    FROM judged j
    JOIN attribute a ON a.name = j.attribute
    WHERE NOT a.several
    UNION ALL
    SELECT j.visit_no, j.attribute, MAX(j.surprisal)
    FROM judged j
    JOIN attribute a ON a.name = j.attribute
    WHERE a.several
    GROUP BY j.visit_no, j.attribute
    UNION ALL
    SELECT b.visit_no, b.attribute, b.surprisal FROM visit_attribute_surprisal b
)
SELECT e.visit_no, v.agency_code, e.attribute, CAST(FLOOR(GREATEST(e.surprisal, 0e0) * 4e0) AS DOUBLE) AS surprisal_bin
FROM extreme e
JOIN visit v ON v.visit_no = e.visit_no
