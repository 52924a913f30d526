-- How often an agency asked each provider for each procedure in visits of the week.
SELECT l.agency_code, l.procedure_code, l.provider_agency, COUNT(l.request_id) AS n
FROM look_up_visit l
GROUP BY l.agency_code, l.procedure_code, l.provider_agency
