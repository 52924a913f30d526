-- How surprising each interactive request of the week is, given something else of it, in nats: the step given the step before in
-- the same case, the official given the official before and given the step, the step given the official. Each is counted among
-- the agency's requests of the week and the weeks before, the request itself left out, and leans on the usual share of its answer.
WITH asked AS (
    SELECT l.request_id, l.requester_agency, l.requester_user, l.subject_key, l.requested_at, l.procedure_code,
           LAG(l.procedure_code) OVER in_case AS step_before, LAG(l.requester_user) OVER in_case AS user_before
    FROM recent_log l
    WHERE l.requester_user IS NOT NULL
    WINDOW in_case AS (PARTITION BY l.requester_agency, COALESCE(l.case_ref, l.subject_key, l.request_id) ORDER BY l.requested_at, l.request_id)
),
question AS (
    SELECT a.request_id, a.requester_agency, 'step' AS name, COALESCE(a.step_before, 'first') AS given, a.procedure_code AS answer FROM asked a
    UNION ALL SELECT a.request_id, a.requester_agency, 'handover', COALESCE(a.user_before, 'first'), a.requester_user FROM asked a
    UNION ALL SELECT a.request_id, a.requester_agency, 'official', a.procedure_code, a.requester_user FROM asked a
    UNION ALL SELECT a.request_id, a.requester_agency, 'work', a.requester_user, a.procedure_code FROM asked a
),
counted AS (
    SELECT q.request_id, q.name,
           COUNT(*) OVER (PARTITION BY q.requester_agency, q.name, q.given, q.answer) - 1 AS both,
           COUNT(*) OVER (PARTITION BY q.requester_agency, q.name, q.given) - 1 AS given,
           COUNT(*) OVER (PARTITION BY q.requester_agency, q.name, q.answer) AS answer,
           COUNT(*) OVER (PARTITION BY q.requester_agency, q.name) AS every
    FROM question q
)
SELECT w.request_id, w.requester_agency AS agency_code, w.requester_user, w.subject_key,
       SUM(-LN((c.both + $strength * c.answer / c.every) / (c.given + $strength))) AS surprise
FROM week_log w
JOIN counted c ON c.request_id = w.request_id
GROUP BY w.request_id, w.requester_agency, w.requester_user, w.subject_key
ORDER BY w.request_id
