-- The requests of the hours that stand out, of each agency-procedure-provider in `top`, the strangest hour first.
SELECT t.rank, l.request_id, l.requester_user, l.subject_key
FROM top t
JOIN week_log l
    ON l.requester_agency = t.agency_code AND l.procedure_code = t.procedure_code AND l.provider_agency = t.provider_agency
    AND CAST(l.requested_at AS DATE) = t.day AND EXTRACT(HOUR FROM l.requested_at) = t.hour
ORDER BY t.rank, t.incident, l.requested_at, l.request_id
