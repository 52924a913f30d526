-- The week's requests by prefecture of the agency that asks, with the agencies that asked.
WITH place AS (
    SELECT agency_code, MAX(prefecture_code) AS prefecture_code
    FROM agencies
    WHERE (valid_from IS NULL OR valid_from <= $last_day) AND (valid_to IS NULL OR valid_to >= $monday)
    GROUP BY agency_code
)
SELECT p.prefecture_code AS code, COUNT(*) AS requests, COUNT(DISTINCT l.requester_agency) AS agencies
FROM week_log l
JOIN place p ON p.agency_code = l.requester_agency
WHERE p.prefecture_code IS NOT NULL
GROUP BY p.prefecture_code
ORDER BY p.prefecture_code
