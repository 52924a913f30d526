-- The agency's week in totals, over all channels: for what is too much, too little, or unanswered.
SELECT CAST($week_start AS DATE) AS monday, r.requester_agency AS agency_code, COUNT(r.request_id) AS n_requests,
       COUNT(CASE WHEN COALESCE(r.channel, 'interactive') <> 'batch' THEN 1 END) AS n_interactive,
       COUNT(u.request_id) AS n_unanswered
FROM request r
LEFT JOIN unanswered_request u ON u.request_id = r.request_id
GROUP BY r.requester_agency
ORDER BY r.requester_agency NULLS LAST
