-- The sittings of the week and of the weeks before in which no official is named, with the kind of their agency.
SELECT s.monday, s.agency_code, COALESCE(a.kind, 'unknown') AS kind, s.counted, s.cell, s.first_at, s.last_at,
       CAST(s.n_requests AS DOUBLE) AS n_requests, CAST(s.n_people AS DOUBLE) AS n_people, CAST(s.n_items AS DOUBLE) AS n_items,
       s.item, s.provider, s.outcome, s.hour
FROM recent_unnamed_sitting s
LEFT JOIN agency_now a ON a.agency_code = s.agency_code
ORDER BY s.monday NULLS LAST, s.agency_code NULLS LAST, s.counted NULLS LAST, s.cell NULLS LAST, s.first_at NULLS LAST
