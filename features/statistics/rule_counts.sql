-- How many requests of an official (of the agency, where the log names no official) break each rule in the week.
SELECT rule_id, agency_code, requester_user, CAST(COUNT(DISTINCT request_id) AS DOUBLE) AS n
FROM recent_rule_hits
WHERE week = $week
GROUP BY rule_id, agency_code, requester_user
