-- For whom the agency asked for which item where in the week, and whether that was found: later weeks ask it who was known,
-- and for whom something had been found.
SELECT r.requester_agency AS agency_code, r.subject_key, r.item_code, r.provider_agency,
       MAX(CASE WHEN r.result = 'provided' THEN 1 ELSE 0 END) = 1 AS found,
       MAX(CASE WHEN r.channel = 'interactive' THEN 1 ELSE 0 END) = 1 AS at_screen
FROM request r
WHERE r.subject_key IS NOT NULL
GROUP BY r.requester_agency, r.subject_key, r.item_code, r.provider_agency
