-- Who asked in the weeks that a model learned from, by kind of agency, and how much their records said (log contract, grades).
-- `log`: the canonical log of these weeks; `agencies`: the reference table.
WITH kinds AS (SELECT agency_code, max(kind) AS kind FROM agencies GROUP BY agency_code)
SELECT coalesce(k.kind, 'unlisted') AS kind, count(DISTINCT l.requester_agency) AS agencies, count(*) AS requests,
       count(DISTINCT CASE WHEN l.requester_user IS NOT NULL THEN l.requester_agency || '/' || l.requester_user END) AS officials,
       count(*) FILTER (l.channel IS NULL AND l.requester_user IS NULL AND l.subject_key IS NULL AND l.subject_key_national IS NULL) AS grade_a,
       count(*) FILTER (l.subject_key_national IS NOT NULL) AS grade_c
FROM log l
LEFT JOIN kinds k ON k.agency_code = l.requester_agency
GROUP BY 1
ORDER BY 1
