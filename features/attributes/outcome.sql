-- What a visit came to: something withheld, nothing found (at all or in part), or provided.
SELECT v.visit_no, CASE WHEN v.n_withheld > 0 THEN 'withheld' WHEN v.n_no_record = v.n_requests THEN 'no_record'
                        WHEN v.n_no_record > 0 THEN 'partly' ELSE 'provided' END AS value
FROM visit v
