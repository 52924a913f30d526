-- How often a visit surprised so much, an agency and dimension at a time: the scale on which later visits are read.
SELECT agency_code, dimension, surprise_bin, COUNT(visit_no) AS n
FROM visit_surprise
GROUP BY agency_code, dimension, surprise_bin
