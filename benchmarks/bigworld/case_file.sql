-- Cases that one week opens: one for each sitting that is the first about its person.
SELECT o.u, o.a, $week AS w, j, 'C' || hex(hash(o.u, $week, j, 'case')) AS case_ref, o.agency,
       CAST((o.a * 7 + o.d * 11 + LEAST(hash(o.u, $week, j, 'affair') % o.n_affairs, hash(o.u, $week, j, 'again') % o.n_affairs)) % 60 AS INTEGER) AS affair,
       's' || hex(hash(o.a, hash(o.u, $week, j, 'person') % 40000)) AS subject_key,
       CAST($monday AS DATE) - CAST(hash(o.u, $week, j, 'opened') % 20 AS INTEGER) AS opened
FROM official o, unnest(range(o.n_sittings)) s(j)
