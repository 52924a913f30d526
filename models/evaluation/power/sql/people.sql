-- People whom an agency knows from its log and who have no case there that is open in these weeks or was a moment ago; `lately`
-- is 1 for those whom somebody looked up, other than from a file, since then.
WITH known AS (
    SELECT k.subject_key, MAX(k.subject_key_national) AS subject_key_national,
           MAX(CASE WHEN COALESCE(k.channel, '') <> 'batch' AND k.requested_at >= $quiet_since THEN 1 ELSE 0 END) AS lately
    FROM known_log k
    WHERE k.requester_agency = $agency AND k.subject_key IS NOT NULL
    GROUP BY k.subject_key
),
with_case AS (
    SELECT c.subject_key
    FROM register c
    WHERE c.agency_code = $agency AND c.subject_key IS NOT NULL
      AND c.opened <= $opened_by AND (c.closed IS NULL OR c.closed >= $closed_since)
    GROUP BY c.subject_key
)
SELECT n.subject_key, n.subject_key_national, n.lately
FROM known n
ANTI JOIN with_case w ON w.subject_key = n.subject_key
ORDER BY n.subject_key NULLS LAST
