-- In which prefecture an agency lies.
SELECT agency_code, MAX(prefecture_code) AS code
FROM agencies
GROUP BY agency_code
