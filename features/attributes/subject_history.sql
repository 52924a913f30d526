-- Who dealt with the person before, in the look-back or this week on an earlier day, with a reason or without: the official himself,
-- a colleague of the department, another department, or nobody here.
WITH before AS (
    SELECT v.visit_no,
           MIN(CASE WHEN p.requester_user = v.requester_user THEN 1 WHEN p.department = v.department THEN 2 ELSE 3 END) AS place
    FROM visit v
    JOIN (SELECT agency_code, department, requester_user, subject_key, day FROM earlier_rated_visit WHERE subject_key IS NOT NULL
          UNION ALL
          SELECT agency_code, department, requester_user, subject_key, day FROM visit WHERE subject_key IS NOT NULL) p
      ON p.agency_code = v.agency_code AND p.subject_key = v.subject_key AND p.day < v.day
    GROUP BY v.visit_no
)
SELECT v.visit_no, CASE WHEN b.place = 1 THEN 'himself' WHEN b.place = 2 THEN 'colleague' WHEN b.place = 3 THEN 'elsewhere'
                        ELSE 'nobody' END AS value
FROM visit v
LEFT JOIN before b ON b.visit_no = v.visit_no
WHERE v.subject_key IS NOT NULL
