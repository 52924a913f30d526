-- How many answers of the week were about something that had been found before, and how many of them find nothing.
SELECT a.monday, a.agency_code, a.requester_user, COUNT(a.request_id) AS n,
       CAST(SUM(CASE WHEN a.lost THEN 1 ELSE 0 END) AS BIGINT) AS n_lost
FROM repeated_answer a
GROUP BY a.monday, a.agency_code, a.requester_user
