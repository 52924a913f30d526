-- Rule hits outside the cases: how many of each rule at how many agencies, and the first of them.
WITH outside AS (
    SELECT h.rule_id, h.request_id, h.agency_code, h.requester_user, h.detail_ja, h.detail_en,
           ROW_NUMBER() OVER (PARTITION BY h.rule_id ORDER BY h.agency_code, h.requester_user NULLS LAST, h.request_id) AS place,
           COUNT(*) OVER (PARTITION BY h.rule_id) AS hits
    FROM rule_hits h
    ANTI JOIN in_cases c ON c.request_id = h.request_id
),
places AS (SELECT o.rule_id, COUNT(DISTINCT o.agency_code) AS agencies FROM outside o GROUP BY o.rule_id)
SELECT o.rule_id, o.request_id, o.agency_code, o.requester_user, o.detail_ja, o.detail_en, o.hits, p.agencies
FROM outside o
JOIN places p ON p.rule_id = o.rule_id
WHERE o.place <= $shown
ORDER BY o.rule_id, o.place
