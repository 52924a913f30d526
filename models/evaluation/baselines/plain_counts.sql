-- One row an official who worked at a screen in the week: plain counts and shares, as any log of accesses allows them.
WITH day_count AS (
    SELECT requester_agency, requester_user, CAST(requested_at AS DATE) AS day, COUNT(request_id) AS n
    FROM week_log
    WHERE requester_user IS NOT NULL
    GROUP BY requester_agency, requester_user, CAST(requested_at AS DATE)
),
busiest AS (
    SELECT requester_agency, requester_user, COUNT(day) AS n_days, MAX(n) AS busiest_day
    FROM day_count
    GROUP BY requester_agency, requester_user
),
kind AS (
    SELECT agency_code, MAX(kind) AS kind
    FROM agencies
    WHERE valid_from < $week_end AND (valid_to IS NULL OR valid_to >= $week_start)
    GROUP BY agency_code
),
counted AS (
    SELECT
        l.requester_agency,
        l.requester_user,
        COUNT(l.request_id) AS n_requests,
        COUNT(DISTINCT l.subject_key) AS n_subjects,
        COUNT(DISTINCT l.procedure_code) AS n_procedures,
        COUNT(DISTINCT l.item_code) AS n_items,
        COUNT(DISTINCT l.provider_agency) AS n_providers,
        COUNT(DISTINCT l.requester_terminal) AS n_terminals,
        COUNT(CASE WHEN EXTRACT(HOUR FROM l.requested_at) < 8 OR EXTRACT(HOUR FROM l.requested_at) >= 18 THEN 1 END) AS n_late,
        COUNT(CASE WHEN c.is_working_day = FALSE THEN 1 END) AS n_off_day,
        COUNT(CASE WHEN l.case_ref IS NULL THEN 1 END) AS n_without_case,
        COUNT(CASE WHEN l.result = 'no_record' THEN 1 END) AS n_no_record,
        COUNT(CASE WHEN l.result IN ('withheld', 'refused', 'error') THEN 1 END) AS n_failed,
        COUNT(CASE WHEN l.response_mode = 'manual' THEN 1 END) AS n_manual,
        SUM(l.items_returned) AS items_returned
    FROM week_log l
    LEFT JOIN calendar c ON c.date = CAST(l.requested_at AS DATE)
    WHERE l.requester_user IS NOT NULL
    GROUP BY l.requester_agency, l.requester_user
)
SELECT
    n.requester_agency AS agency_code,
    n.requester_user,
    COALESCE(k.kind, 'unknown') AS kind,
    n.n_requests,
    n.n_subjects,
    n.n_procedures,
    n.n_items,
    n.n_providers,
    n.n_terminals,
    b.n_days,
    b.busiest_day,
    n.n_requests / CAST(NULLIF(n.n_subjects, 0) AS DOUBLE) AS requests_a_subject,
    n.n_late / CAST(n.n_requests AS DOUBLE) AS share_late,
    n.n_off_day / CAST(n.n_requests AS DOUBLE) AS share_off_day,
    n.n_without_case / CAST(n.n_requests AS DOUBLE) AS share_without_case,
    n.n_no_record / CAST(n.n_requests AS DOUBLE) AS share_no_record,
    n.n_failed / CAST(n.n_requests AS DOUBLE) AS share_failed,
    n.n_manual / CAST(n.n_requests AS DOUBLE) AS share_manual,
    n.items_returned / CAST(n.n_requests AS DOUBLE) AS items_a_request
FROM counted n
JOIN busiest b ON b.requester_agency = n.requester_agency AND b.requester_user = n.requester_user
LEFT JOIN kind k ON k.agency_code = n.requester_agency
ORDER BY n.requester_agency, n.requester_user
