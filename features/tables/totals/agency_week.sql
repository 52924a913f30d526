-- The agency's week in totals, over all channels: for what is too much, too little, or unanswered.
SELECT CAST($week_start AS DATE) AS monday, r.requester_agency AS agency_code, COUNT(r.request_id) AS n_requests,
       COUNT(CASE WHEN COALESCE(r.channel, 'interactive') <> 'batch' THEN 1 END) AS n_interactive,
       COUNT(CASE WHEN r.responded_at IS NULL THEN 1 END) AS n_unanswered
FROM request r
GROUP BY r.requester_agency
ORDER BY r.requester_agency NULLS LAST
