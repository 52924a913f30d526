-- What the rules let pass in the week, for the coverage statement.
SELECT e.rule_id, e.allowance, e.agency_code, e.n
FROM recent_rule_exemption e
ORDER BY e.rule_id NULLS LAST, e.allowance NULLS LAST, e.n DESC NULLS LAST, e.agency_code NULLS LAST
