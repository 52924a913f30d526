-- Every kind may ask everyone for every item but one, of every procedure of every affair.
SELECT k.kind AS requester_kind, CAST(NULL AS VARCHAR) AS requester_agency, 'JM' || lpad(CAST(n // 16 AS VARCHAR), 3, '0') AS affair_code,
       'JT' || lpad(CAST(n // 4 AS VARCHAR), 4, '0') AS procedure_code, CAST(NULL AS VARCHAR) AS provider_kind,
       'TM' || lpad(CAST(n AS VARCHAR), 4, '0') AS item_code, '19-8' AS basis, DATE '2017-11-13' AS valid_from, CAST(NULL AS DATE) AS valid_to
FROM range(960) r(n), (VALUES ('pension'), ('prefecture'), ('insurer'), ('city'), ('town')) k(kind)
WHERE n % 301 <> 300
