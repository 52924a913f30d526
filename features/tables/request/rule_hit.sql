-- The week's broken rules as later weeks read them. A hit of a rule that a reason excuses weighs nothing where the request
-- has a reason: then rather the register of accounts is late than the official wrong.
SELECT h.week, h.rule_id, h.request_id, h.agency_code, h.requester_user, h.detail_ja, h.detail_en,
       NOT (h.excusable AND e.explained_by IS NOT NULL) AS weighs
FROM rule_hits h
LEFT JOIN explained e ON e.request_id = h.request_id
WHERE h.exempt IS NULL
