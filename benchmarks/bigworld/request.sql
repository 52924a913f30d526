-- One week's requests: sittings of one to four requests about one person, a quarter of them on a case of the five weeks
-- before, one in seven without a reference, three in a hundred without any case; and runs of files without an official.
WITH sitting AS (
    SELECT o.u, o.a, o.d, o.agency, o.department, o.official, o.terminal, j,
           $week - CASE WHEN hash(o.u, $week, j, 'old') % 4 = 0 THEN CAST(hash(o.u, $week, j, 'back') % 6 AS INTEGER) ELSE 0 END AS w,
           CASE WHEN hash(o.u, $week, j, 'old') % 4 = 0 THEN CAST(hash(o.u, $week, j, 'which') % o.n_sittings AS BIGINT) ELSE j END AS case_j,
           hash(o.u, $week, j, 'none') % 100 < 3 AS without, hash(o.u, $week, j, 'reference') % 7 = 0 AS unreferenced,
           o.n_affairs,
           CAST($monday AS TIMESTAMP)
           + to_seconds(CAST(CASE WHEN hash(o.u, $week, j, 'end') % 200 = 0 THEN 5 ELSE hash(o.u, $week, j, 'day') % 5 END * 86400
                             + 30600 + (hash(o.u, $week, j, 'x') % 15000 + hash(o.u, $week, j, 'y') % 15000) AS BIGINT)) AS moment
    FROM official o, unnest(range(o.n_sittings)) s(j)
),
work AS (
    SELECT s.*, (s.a * 7 + s.d * 11 + LEAST(hash(s.u, s.w, s.case_j, 'affair') % s.n_affairs, hash(s.u, s.w, s.case_j, 'again') % s.n_affairs)) % 60 AS affair,
           hash(s.u, s.w, s.case_j, 'person') % 40000 AS person, hash(s.u, $week, s.j, 'procedure') % 6 AS p
    FROM sitting s
),
asked AS (
    SELECT w.*, i, GREATEST(w.p, 2) - 2 AS procedure_no, hash(w.u, $week, w.j, i, 'provider') AS chance
    FROM work w, unnest(range(1 + CAST(hash(w.u, $week, w.j, 'items') % 4 AS BIGINT))) k(i)
),
look_up AS (
    SELECT 'R' || hex(hash(u, $week, j, i)) AS request_id, moment + to_seconds(CAST(i * 20 + chance % 15 AS BIGINT)) AS requested_at,
           agency AS requester_agency,
           'A' || lpad(CAST(CASE WHEN chance % 10 < 6 THEN affair ELSE (a + affair + chance % 12) % $agencies END AS VARCHAR), 5, '0') AS provider_agency,
           affair, procedure_no, i AS item, chance, 'interactive' AS channel, department AS requester_department,
           official AS requester_user, terminal AS requester_terminal,
           's' || hex(CASE WHEN without THEN hash(a, 40000 + hash(u, $week, j, 'nobody') % 100000) ELSE hash(a, person) END) AS subject_key,
           CASE WHEN NOT without AND NOT unreferenced THEN 'C' || hex(hash(u, w, case_j, 'case')) END AS case_ref
    FROM asked
),
batch AS (
    SELECT 'B' || hex(hash(n, $week)) AS request_id,
           CAST($monday AS TIMESTAMP) + to_seconds(CAST(hash(n // 5000, 'at', $week) % 540000 + n % 5000 AS BIGINT)) AS requested_at,
           'A' || lpad(CAST(hash(n // 5000, $week) % $agencies AS VARCHAR), 5, '0') AS requester_agency,
           'A' || lpad(CAST(hash(n, 'p') % 400 AS VARCHAR), 5, '0') AS provider_agency,
           hash(n // 5000, 'affair') % 60 AS affair, 0 AS procedure_no, 0 AS item, hash(n, $week, 'c') AS chance, 'batch' AS channel,
           'D000' AS requester_department, CAST(NULL AS VARCHAR) AS requester_user, CAST(NULL AS VARCHAR) AS requester_terminal,
           's' || hex(hash(n, $week, 'person')) AS subject_key, CAST(NULL AS VARCHAR) AS case_ref
    FROM range($batch_rows) r(n)
),
every_one AS (SELECT * FROM look_up UNION ALL SELECT * FROM batch)
SELECT request_id, requested_at, CASE WHEN chance % 400 > 0 THEN requested_at + to_seconds(CAST(2 + chance % 9 AS BIGINT)) END AS responded_at,
       requester_agency, provider_agency, 'JM' || lpad(CAST(affair AS VARCHAR), 3, '0') AS affair_code,
       'JT' || lpad(CAST(affair * 4 + procedure_no AS VARCHAR), 4, '0') AS procedure_code,
       'TM' || lpad(CAST((affair * 4 + procedure_no) * 4 + item AS VARCHAR), 4, '0') AS item_code,
       CASE WHEN chance % 400 = 0 THEN 'pending' WHEN chance % 12 = 1 THEN 'no_record' WHEN chance % 900 = 2 THEN 'withheld' ELSE 'provided' END AS result,
       channel, requester_department, requester_user, requester_terminal,
       CAST(CASE WHEN chance % 400 = 0 OR chance % 12 = 1 OR chance % 900 = 2 THEN 0 ELSE 1 + chance % 9 END AS INTEGER) AS items_returned,
       subject_key, case_ref
FROM every_one
