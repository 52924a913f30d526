-- What is in a run of files, in numbers of people.
SELECT p.monday, p.agency_code, p.department, p.affair_code, p.first_at, MAX(p.requester_user) AS requester_user,
       COUNT(*) AS n_people, CAST(SUM(CAST(p.surprisal AS DECIMAL(18, 9))) AS DOUBLE) / NULLIF(COUNT(*), 0) AS surprisal,
       COUNT(CASE WHEN p.away THEN 1 END) AS n_away, COUNT(CASE WHEN p.far THEN 1 END) AS n_far,
       COUNT(CASE WHEN p.unknown THEN 1 END) AS n_unknown, COUNT(CASE WHEN p.stranger THEN 1 END) AS n_stranger,
       COUNT(CASE WHEN p.alone THEN 1 END) AS n_alone, COUNT(CASE WHEN p.nothing THEN 1 END) AS n_nothing,
       COUNT(CASE WHEN p.at_screen THEN 1 END) AS n_at_screen
FROM run_person p
GROUP BY p.monday, p.agency_code, p.department, p.affair_code, p.first_at
