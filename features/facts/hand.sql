-- How much better a visit's procedures and hour fit the colleagues of the department than the official himself: the
-- logarithm of the ratio of both probabilities. Above zero it rather looks like another's work (detection of masquerades:
-- Schonlau and others 2001, with the department in place of the crowd).
SELECT m.visit_no, CAST(SUM(CAST(s.surprise + LN(s.p_department) AS DECIMAL(18, 9))) AS DOUBLE) AS ratio
FROM mark m
JOIN surprise s ON s.official_no = m.official_no AND s.dimension = m.dimension AND s.value = m.value
WHERE m.dimension IN ('procedure', 'clock')
GROUP BY m.visit_no
