-- When, where and about whom the week's requests were made that stand behind findings (`in_evidence` names them).
SELECT r.request_id, r.requester_user, r.requester_terminal, r.subject_key, r.requested_at
FROM in_evidence e
JOIN week_log r ON r.request_id = e.request_id
ORDER BY r.requested_at NULLS LAST, r.requester_user NULLS LAST, r.request_id NULLS LAST
