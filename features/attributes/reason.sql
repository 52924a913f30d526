-- The reason of a visit, or in what way it lacks one.
SELECT v.visit_no, COALESCE(v.lacking, v.explained_by) AS value
FROM visit v
