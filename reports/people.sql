-- The people of each case: how often they were asked about in it, when the case's officials (or else its agency) first asked
-- about them in the log that is read, who else did this week, and whether the last resident record was the agency's own
-- municipality's or another's (null where none was provided, or the agency has no municipality).
WITH asked AS (
    SELECT case_id, person, COUNT(*) AS requests, COUNT(DISTINCT CAST(requested_at AS DATE)) AS days
    FROM case_row
    WHERE person IS NOT NULL
    GROUP BY case_id, person
),
place AS (
    SELECT agency_code, MAX(municipality_code) AS municipality_code
    FROM agencies
    WHERE (valid_from IS NULL OR valid_from <= $last_day) AND (valid_to IS NULL OR valid_to >= $monday)
    GROUP BY agency_code
),
key AS (
    SELECT DISTINCT r.case_id, r.person, r.official IS NOT NULL AS of_officials, r.national, r.requester_agency, r.subject_key, p.municipality_code
    FROM case_row r
    LEFT JOIN place p ON p.agency_code = r.requester_agency
    WHERE r.person IS NOT NULL AND r.subject_key IS NOT NULL
),
own AS (
    SELECT DISTINCT case_id, official FROM case_row WHERE official IS NOT NULL
),
known AS (
    SELECT k.case_id, k.person,
           MIN(l.requested_at) FILTER (WHERE NOT k.of_officials OR w.official IS NOT NULL) AS first_at,
           COUNT(DISTINCT l.requester_agency || '/' || l.requester_user)
               FILTER (WHERE l.requested_at >= $monday AND w.official IS NULL) AS officials,
           MAX(l.requested_at) FILTER (WHERE NOT k.national AND h.municipality_code = k.municipality_code
                                         AND l.result = 'provided' AND l.item_code IN (SELECT code FROM resident_item)) AS here_at,
           MAX(l.requested_at) FILTER (WHERE NOT k.national AND h.municipality_code <> k.municipality_code
                                         AND l.result = 'provided' AND l.item_code IN (SELECT code FROM resident_item)) AS elsewhere_at
    FROM key k
    JOIN past_log l ON l.requester_agency = k.requester_agency AND l.subject_key = k.subject_key
    LEFT JOIN own w ON w.case_id = k.case_id AND w.official = l.requester_user
    LEFT JOIN place h ON h.agency_code = l.provider_agency
    WHERE l.requested_at < $week_end
    GROUP BY k.case_id, k.person
),
elsewhere AS (
    SELECT n.case_id, n.person,
           COUNT(DISTINCT l.requester_agency) FILTER (WHERE o.requester_agency IS NULL) AS agencies
    FROM (SELECT DISTINCT case_id, person, subject_key_national FROM case_row WHERE subject_key_national IS NOT NULL) n
    JOIN week_log l ON l.subject_key_national = n.subject_key_national
    LEFT JOIN (SELECT DISTINCT case_id, requester_agency FROM case_row) o
      ON o.case_id = n.case_id AND o.requester_agency = l.requester_agency
    GROUP BY n.case_id, n.person
)
SELECT a.case_id, a.person, a.requests, a.days, k.first_at, COALESCE(k.officials, 0) AS officials, e.agencies,
       CASE WHEN k.here_at IS NULL AND k.elsewhere_at IS NULL THEN NULL
            ELSE COALESCE(k.here_at > k.elsewhere_at, k.elsewhere_at IS NULL) END AS lives_here
FROM asked a
LEFT JOIN known k ON k.case_id = a.case_id AND k.person = a.person
LEFT JOIN elsewhere e ON e.case_id = a.case_id AND e.person = a.person
ORDER BY a.case_id, a.requests DESC, a.days DESC, a.person
