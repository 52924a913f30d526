-- All cases, closed after four months.
SELECT case_ref, agency AS agency_code, 'JM' || lpad(CAST(affair AS VARCHAR), 3, '0') AS affair_code, subject_key, opened, opened + 120 AS closed
FROM case_file
ORDER BY agency, opened
