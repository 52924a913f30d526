-- What can be said of a visit, one row a visit, dimension and value. Values are categories, so that how unusual each
-- one is can be read off counts: of the official, the department, the agency, the nation.
SELECT k.visit_no, w.official_no, k.dimension, k.value
FROM (
    SELECT l.visit_no, 'procedure' AS dimension, l.procedure_code AS value
    FROM look_up_visit l
    GROUP BY l.visit_no, l.procedure_code
    UNION ALL
    SELECT l.visit_no, 'item', l.procedure_code || '/' || l.item_code
    FROM look_up_visit l
    GROUP BY l.visit_no, l.procedure_code, l.item_code
    UNION ALL
    SELECT v.visit_no, 'clock', CASE WHEN d.is_working_day THEN 'w' ELSE 'h' END || CAST(EXTRACT(HOUR FROM v.first_at) AS STRING)
    FROM visit v
    JOIN calendar d ON d.date = v.day
    UNION ALL
    SELECT v.visit_no, 'terminal', v.requester_terminal
    FROM visit v
    WHERE v.requester_terminal IS NOT NULL
    UNION ALL
    SELECT v.visit_no, 'outcome', CASE WHEN v.n_withheld > 0 THEN 'withheld' WHEN v.n_no_record = v.n_requests THEN 'no_record'
                                       WHEN v.n_no_record > 0 THEN 'partly' ELSE 'provided' END
    FROM visit v
    UNION ALL
    SELECT v.visit_no, 'reason', COALESCE(v.lacking, v.explained_by)
    FROM visit v
    UNION ALL
    SELECT b.visit_no, 'breadth', b.procedure_code || '/' || CASE WHEN b.n_items <= 4 THEN CAST(b.n_items AS STRING)
             WHEN b.n_items <= 8 THEN '5-8' ELSE '9+' END
    FROM (SELECT visit_no, procedure_code, COUNT(DISTINCT item_code) AS n_items FROM look_up_visit
          GROUP BY visit_no, procedure_code) b
    UNION ALL
    SELECT v.visit_no, 'acquaintance', CASE WHEN v.lacking IS NULL THEN 'explained'
             WHEN k.earlier_days >= 2 THEN 'again and again' WHEN k.earlier_days = 1 THEN 'again' ELSE 'once' END
    FROM visit v
    LEFT JOIN acquaintance k ON k.visit_no = v.visit_no
    WHERE v.subject_key IS NOT NULL
    UNION ALL
    SELECT v.visit_no, 'standing', CASE WHEN v.n_unexplained = 0 THEN 'explained' WHEN s.place = 1 THEN 'known here'
             WHEN s.place = 2 THEN 'known elsewhere' ELSE 'stranger' END
    FROM visit v
    LEFT JOIN standing s ON s.visit_no = v.visit_no
    WHERE v.subject_key IS NOT NULL
    UNION ALL
    SELECT v.visit_no, 'amount', CASE WHEN v.items_returned <= 0 THEN '0' WHEN v.items_returned < 2 THEN '1'
             WHEN v.items_returned < 4 THEN '2-3' WHEN v.items_returned < 8 THEN '4-7' WHEN v.items_returned < 16 THEN '8-15'
             WHEN v.items_returned < 64 THEN '16-63' WHEN v.items_returned < 256 THEN '64-255'
             WHEN v.items_returned < 1024 THEN '256-1023' ELSE '1024+' END
    FROM visit v
    WHERE v.items_returned IS NOT NULL
    UNION ALL
    SELECT p.visit_no, 'period', p.procedure_code || '/' || CASE WHEN p.months <= 1 THEN '1' WHEN p.months <= 3 THEN '2-3'
             WHEN p.months <= 6 THEN '4-6' WHEN p.months <= 12 THEN '7-12' WHEN p.months <= 24 THEN '13-24'
             WHEN p.months <= 60 THEN '25-60' WHEN p.months <= 120 THEN '61-120' ELSE '121+' END
    FROM (SELECT visit_no, procedure_code, MAX(months) AS months FROM look_up_visit WHERE months IS NOT NULL
          GROUP BY visit_no, procedure_code) p
    UNION ALL
    SELECT c.visit_no, 'company', CASE WHEN c.n_people <= 1 THEN '1' WHEN c.n_people = 2 THEN '2' WHEN c.n_people <= 4 THEN '3-4'
             WHEN c.n_people <= 8 THEN '5-8' ELSE '9+' END
    FROM company c
    UNION ALL
    SELECT b.visit_no, 'pretext', CASE WHEN b.brief = 1 THEN 'brief' ELSE 'ordinary' END
    FROM pretext b
) k
JOIN visit_official w ON w.visit_no = k.visit_no
