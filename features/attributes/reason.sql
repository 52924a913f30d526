-- The reason of a visit, or in what way it lacks one. A case of another affair is a reason only where colleagues use such cases
-- too, many such came in at once, or it is in hand for weeks: that it is new to this official says nothing then, and it counts as
-- an open case, which it is.
SELECT v.visit_no,
       COALESCE(v.lacking, CASE WHEN v.explained_by IN ('case_of_other_affair', 'case_of_surge', 'case_in_hand') THEN 'open_case' ELSE v.explained_by END) AS value
FROM visit v
