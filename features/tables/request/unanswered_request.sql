-- Requests without an answer. What is asked again of the same provider about the same person on the same day, for want of an answer, is one
-- question: one request stands for it. Where nobody is named each stands for itself.
SELECT MIN(r.request_id) AS request_id
FROM request r
WHERE r.responded_at IS NULL
GROUP BY r.requester_agency, r.provider_agency, r.procedure_code, r.item_code, COALESCE(r.subject_key, r.request_id),
         CAST(r.requested_at AS DATE)
