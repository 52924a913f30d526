-- How often a visit surprised so much, an agency and attribute at a time: the scale on which later visits are read.
SELECT agency_code, attribute, surprisal_bin, COUNT(visit_no) AS n
FROM visit_surprisal
GROUP BY agency_code, attribute, surprisal_bin
