-- What each agency asked each provider in the week, and how much of it has no answer.
SELECT p.agency_code, p.provider_agency, CAST(p.n_requests AS DOUBLE) AS n_requests, CAST(p.n_unanswered AS DOUBLE) AS n_unanswered
FROM recent_agency_provider_week p
WHERE p.monday = $monday
ORDER BY p.agency_code NULLS LAST, p.provider_agency NULLS LAST
