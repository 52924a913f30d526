-- What was in every run of files, of the week and of the weeks before.
SELECT c.monday, c.agency_code, c.department, c.affair_code, c.first_at, c.requester_user, CAST(c.n_people AS DOUBLE) AS n_people, c.surprisal,
       CAST(c.n_away AS DOUBLE) AS away, CAST(c.n_far AS DOUBLE) AS far, CAST(c.n_unknown AS DOUBLE) AS unknown,
       CAST(c.n_stranger AS DOUBLE) AS stranger, CAST(c.n_alone AS DOUBLE) AS alone, CAST(c.n_nothing AS DOUBLE) AS nothing,
       CAST(c.n_at_screen AS DOUBLE) AS at_screen
FROM recent_run_content c
ORDER BY c.agency_code NULLS LAST, c.department NULLS LAST, c.affair_code NULLS LAST, c.first_at NULLS LAST
