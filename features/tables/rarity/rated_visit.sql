-- The visits of the week as later weeks and the report read them: what happened, and how rare it was.
-- `p_all`: the share of the agency's visits at least as extreme. `p_unexplained`: the share that is without a reason and
-- at least as extreme; null for a visit with a reason. `p_among_unexplained`: the same as a share of those without a reason.
WITH tail_all AS (SELECT agency_code, bin, p FROM strangeness_tail WHERE track = 'all'),
tail_unexplained AS (SELECT agency_code, bin, p FROM strangeness_tail WHERE track = 'unexplained'),
share AS (SELECT agency_code, MAX(p) AS p FROM tail_unexplained GROUP BY agency_code),
-- Both keys of a join come from the same table: else the engine may join on the bin alone, all agencies with all.
placed AS (
    SELECT s.visit_no, s.strangeness, a.p AS p_all, u.p AS p_unexplained, u.p / NULLIF(w.p, 0) AS p_among_unexplained
    FROM visit_strangeness s
    JOIN tail_all a ON a.agency_code = s.agency_code AND a.bin = CAST(FLOOR(s.total * 4e0) AS DOUBLE)
    LEFT JOIN tail_unexplained u ON u.agency_code = s.agency_code AND u.bin = CAST(FLOOR(s.strangeness * 4e0) AS DOUBLE)
    LEFT JOIN share w ON w.agency_code = s.agency_code
)
SELECT CAST($week_start AS DATE) AS monday, v.visit_no, v.agency_code, v.department, v.requester_user, v.subject, v.subject_key,
       v.subject_key_national, v.day, v.n_requests, v.n_unexplained, h.ratio AS masquerade, s.p_all,
       CASE WHEN v.n_unexplained > 0 THEN s.p_unexplained END AS p_unexplained,
       CASE WHEN v.n_unexplained > 0 THEN s.p_among_unexplained END AS p_among_unexplained
FROM visit v
JOIN placed s ON s.visit_no = v.visit_no
LEFT JOIN masquerade h ON h.visit_no = v.visit_no
ORDER BY v.agency_code NULLS LAST, v.requester_user NULLS LAST, v.subject NULLS LAST, v.day NULLS LAST, v.department NULLS LAST
