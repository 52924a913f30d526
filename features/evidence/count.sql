-- The week's requests of an agency that one count puts into a cell: those that stand together in an hour first, in order of time.
-- `counted_here` is the count's own query, over the agency's requests alone; `explained_by`: the reason of a request, null if none was
-- found or asked for.
SELECT r.request_id, r.requester_user, r.subject_key, COALESCE(r.requester_department, '') AS department,
       CAST(r.requested_at AS DATE) AS day, q.explained_by,
       COUNT(r.request_id) OVER (PARTITION BY CAST(r.requested_at AS DATE), EXTRACT(HOUR FROM r.requested_at)) AS n_in_hour
FROM counted_here c
JOIN week_log r ON r.request_id = c.request_id
LEFT JOIN recent_visit_request q ON q.request_id = r.request_id AND q.monday = $monday
WHERE c.cell = $cell
ORDER BY n_in_hour DESC NULLS LAST, r.requested_at NULLS LAST, r.request_id NULLS LAST
