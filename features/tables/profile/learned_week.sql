-- What a profile takes of the week: at most as much of a value as it knew of it, and three visits. A habit that is new has
-- to show for some weeks until it is one; what somebody else did with the account for a week is not learned as his.
-- Who has no profile yet is learned whole.
SELECT t.attribute, t.agency_code, t.department, t.requester_user, t.value,
       CASE WHEN k.n IS NULL THEN CAST(t.n * 1000 AS DOUBLE)
            ELSE LEAST(CAST(t.n * 1000 AS DOUBLE), COALESCE(h.n, 0e0) + 3e3) END AS n
FROM week_profile t
LEFT JOIN earlier_user_profile h ON h.attribute = t.attribute AND h.agency_code = t.agency_code AND h.department = t.department
                                AND h.requester_user = t.requester_user AND h.value = t.value
LEFT JOIN (
    SELECT attribute, agency_code, department, requester_user, SUM(n) AS n
    FROM earlier_user_profile GROUP BY attribute, agency_code, department, requester_user
) k ON k.attribute = t.attribute AND k.agency_code = t.agency_code AND k.department = t.department AND k.requester_user = t.requester_user
