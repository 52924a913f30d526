-- From whom the official took the case over: himself, nobody, or whom.
SELECT s.visit_no, CASE WHEN s.user_before IS NULL THEN 'nobody' WHEN s.user_before = s.requester_user THEN 'himself' ELSE s.user_before END AS value
FROM case_sequence s
GROUP BY s.visit_no, CASE WHEN s.user_before IS NULL THEN 'nobody' WHEN s.user_before = s.requester_user THEN 'himself' ELSE s.user_before END
