-- Rule hits of the requests of cases.
SELECT h.rule_id, h.request_id, h.detail_ja, h.detail_en
FROM rule_hits h
JOIN in_cases c ON c.request_id = h.request_id
ORDER BY h.rule_id, h.request_id
