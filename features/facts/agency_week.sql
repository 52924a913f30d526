-- The agency's week in totals, over all channels: for what is too much, too little, or unanswered. Each thing is counted
-- once by a step of its own: several distinct counts in one query cost a cluster a copy of every row each.
WITH official AS (
    SELECT u.requester_agency, COUNT(u.requester_user) AS n
    FROM (SELECT DISTINCT requester_agency, requester_user FROM request) u GROUP BY u.requester_agency
),
procedure_used AS (
    SELECT u.requester_agency, COUNT(u.procedure_code) AS n
    FROM (SELECT DISTINCT requester_agency, procedure_code FROM request) u GROUP BY u.requester_agency
),
provider AS (
    SELECT u.requester_agency, COUNT(u.provider_agency) AS n
    FROM (SELECT DISTINCT requester_agency, provider_agency FROM request) u GROUP BY u.requester_agency
),
total AS (
    SELECT r.requester_agency, COUNT(r.request_id) AS n_requests,
           COUNT(CASE WHEN COALESCE(r.channel, 'interactive') <> 'batch' THEN 1 END) AS n_interactive,
           COUNT(CASE WHEN r.responded_at IS NULL THEN 1 END) AS n_unanswered,
           COUNT(CASE WHEN r.result = 'error' THEN 1 END) AS n_error
    FROM request r
    GROUP BY r.requester_agency
)
SELECT CAST($week_start AS DATE) AS monday, t.requester_agency AS agency_code,
       t.n_requests, t.n_interactive, t.n_unanswered, t.n_error,
       o.n AS n_officials, p.n AS n_procedures, v.n AS n_providers
FROM total t
JOIN official o ON o.requester_agency = t.requester_agency
JOIN procedure_used p ON p.requester_agency = t.requester_agency
JOIN provider v ON v.requester_agency = t.requester_agency
