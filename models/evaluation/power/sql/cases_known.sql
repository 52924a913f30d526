-- Whether a register of cases was delivered, and whether officials' requests of the week stand without a case too.
SELECT (SELECT COUNT(c.case_ref) FROM register c) > 0 AS register,
       (SELECT COUNT(r.request_id) FROM week_log r WHERE r.requester_user IS NOT NULL AND r.case_ref IS NULL) > 0 AS lacking
