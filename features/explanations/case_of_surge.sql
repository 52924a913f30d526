-- The case is the person's and open, but of another affair, of which far more applications than ever came in at the agency just now:
-- relief begins, and whoever is first at work on it has no colleagues yet who do the same.
SELECT o.request_id
FROM other_affair o
JOIN affair_surge s ON s.agency_code = o.agency_code AND s.affair_code = o.affair_code
