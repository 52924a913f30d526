-- Which requests make a visit, and which of them are without a reason: how a finding leads back to the rows of the log.
SELECT CAST($week_start AS DATE) AS monday, l.visit_no, l.request_id, l.explained_by
FROM look_up_visit l
