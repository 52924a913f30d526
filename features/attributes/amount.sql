-- How many data items came back, in doubling steps.
SELECT v.visit_no, CASE WHEN v.items_returned <= 0 THEN '0' WHEN v.items_returned < 2 THEN '1'
             WHEN v.items_returned < 4 THEN '2-3' WHEN v.items_returned < 8 THEN '4-7' WHEN v.items_returned < 16 THEN '8-15'
             WHEN v.items_returned < 64 THEN '16-63' WHEN v.items_returned < 256 THEN '64-255'
             WHEN v.items_returned < 1024 THEN '256-1023' ELSE '1024+' END AS value
FROM visit v
WHERE v.items_returned IS NOT NULL
