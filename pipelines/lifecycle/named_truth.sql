-- What was planted, with an official or a person only where the log names that official, or that person, for a request of the event
-- (or for any request, where the event has none of its own).
SELECT t.scenario_id, t.scenario, t.hard_negative, t.week, t.difficulty, t.request_id, t.agency_code,
       CASE WHEN l.requester_user IS NOT NULL THEN t.requester_user END AS requester_user,
       CASE WHEN l.subject_key IS NOT NULL THEN t.subject_key END AS subject_key
FROM truth t
LEFT JOIN (SELECT request_id, requester_user, subject_key FROM log SEMI JOIN truth USING (request_id)) l ON l.request_id = t.request_id
ORDER BY t.scenario_id, t.week, t.request_id
