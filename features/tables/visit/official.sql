-- The officials of the week, each in a department, numbered: tables of many rows carry the number.
SELECT CAST(ROW_NUMBER() OVER (ORDER BY o.agency_code NULLS LAST, o.department NULLS LAST, o.requester_user NULLS LAST) AS BIGINT)
           AS official_no,
       o.agency_code, o.department, o.requester_user
FROM (SELECT DISTINCT agency_code, department, requester_user FROM look_up) o
