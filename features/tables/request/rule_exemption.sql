-- What the rules let pass this week: at which agencies, by which of the things that they allow, and how many requests.
SELECT h.rule_id, h.exempt AS allowance, h.agency_code, COUNT(h.request_id) AS n
FROM rule_hits h
WHERE h.exempt IS NOT NULL
GROUP BY h.rule_id, h.exempt, h.agency_code
