-- Each look-up with the number of its visit.
SELECT l.request_id, v.visit_no, l.procedure_code, l.item_code, l.provider_agency, l.agency_code, l.case_ref, l.months, l.explained_by
FROM look_up l
JOIN visit v ON v.agency_code = l.agency_code AND v.department = l.department AND v.requester_user = l.requester_user
            AND v.subject = l.subject AND v.day = l.day
