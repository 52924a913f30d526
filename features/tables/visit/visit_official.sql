-- The number of the official of each visit.
SELECT v.visit_no, o.official_no
FROM visit v
JOIN official o ON o.agency_code = v.agency_code AND o.department = v.department AND o.requester_user = v.requester_user
