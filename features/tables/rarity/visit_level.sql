-- How rare each attribute of a visit is on the scale of its agency, in nats: minus the logarithm of the share of the agency's
-- visits at least as extreme in it.
SELECT s.visit_no, s.agency_code, s.attribute, -LN(t.p) AS level
FROM visit_surprisal s
JOIN surprisal_tail t ON t.agency_code = s.agency_code AND t.attribute = s.attribute AND t.surprisal_bin = s.surprisal_bin
