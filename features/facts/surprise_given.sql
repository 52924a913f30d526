-- An item, a period and a breadth are judged given their procedure: what the procedure itself surprises by is taken off.
SELECT s.dimension, s.agency_code, s.department, s.requester_user, s.value, s.surprise - COALESCE(p.surprise, 0e0) AS surprise
FROM surprise s
LEFT JOIN (SELECT agency_code, department, requester_user, value, surprise FROM surprise WHERE dimension = 'procedure') p
  ON p.agency_code = s.agency_code AND p.department = s.department AND p.requester_user = s.requester_user
 AND p.value = CASE WHEN s.dimension IN ('item', 'period', 'breadth') THEN SPLIT_PART(s.value, '/', 1) END
