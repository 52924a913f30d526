-- Who asks whom most this week: pairs of agencies with so many requests that none tells of a person.
SELECT l.requester_agency AS requester, l.provider_agency AS provider, COUNT(*) AS requests
FROM week_log l
GROUP BY l.requester_agency, l.provider_agency
HAVING COUNT(*) >= $least
ORDER BY requests DESC, requester, provider
LIMIT $shown
