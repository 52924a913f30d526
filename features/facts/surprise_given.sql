-- An item, a period and a breadth are judged given their procedure: what the procedure itself surprises by is taken off.
SELECT s.official_no, s.dimension, s.value, s.surprise - COALESCE(p.surprise, 0e0) AS surprise
FROM surprise s
LEFT JOIN (SELECT official_no, value, surprise FROM surprise WHERE dimension = 'procedure') p
  ON p.official_no = s.official_no
 AND p.value = CASE WHEN s.dimension IN ('item', 'period', 'breadth') THEN SPLIT_PART(s.value, '/', 1) END
