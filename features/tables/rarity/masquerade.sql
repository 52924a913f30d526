-- How much better a visit fits the colleagues of the department than the official himself, in the
-- attributes that tell a person (`identifies`): the
-- logarithm of the ratio of both probabilities. Above zero it rather looks like another's work (detection of masquerades:
-- Schonlau and others 2001, with the department in place of the crowd). The official is judged by his slow memory: who uses the
-- account week after week would else become a habit of its owner.
SELECT m.visit_no, CAST(SUM(CAST(s.lasting + LN(s.p_department) AS DECIMAL(18, 9))) AS DOUBLE) AS ratio
FROM visit_attribute m
JOIN surprisal s ON s.official_no = m.official_no AND s.attribute = m.attribute AND s.value = m.value
JOIN attribute a ON a.name = m.attribute AND a.identifies
GROUP BY m.visit_no
