-- Who asks whom most this week: pairs of agencies.
SELECT l.requester_agency AS requester, l.provider_agency AS provider, COUNT(*) AS requests
FROM week_log l
GROUP BY l.requester_agency, l.provider_agency
ORDER BY requests DESC, requester, provider
LIMIT $shown
