-- The week's cases that somebody joined who is not known to belong to their people, by official.
SELECT j.agency_code, j.case_ref, j.procedure_code, j.requester_user, CAST(MAX(j.n_people) AS DOUBLE) AS n_people,
       MAX(CASE WHEN j.apart THEN 1 ELSE 0 END) = 1 AS apart, MAX(CASE WHEN j.in_turn THEN 1 ELSE 0 END) = 1 AS in_turn
FROM recent_joined_case j
WHERE j.monday = $monday
GROUP BY j.agency_code, j.case_ref, j.procedure_code, j.requester_user
ORDER BY j.agency_code NULLS LAST, j.case_ref NULLS LAST, j.requester_user NULLS LAST
