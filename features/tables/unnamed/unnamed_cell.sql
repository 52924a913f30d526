-- How rare an item, a provider, an hour, or (of a procedure's answers) a result is at an agency: minus the logarithm of the share of its
-- requests whose cell is as rare or rarer, those that it never had among them: the first use of a procedure is frequent. The agency is judged by earlier weeks, leaning on the others of its kind and those on the
-- nation, whose requests of this week count too: what many begin at once is rare nowhere.
WITH told AS (
    SELECT c.counted, c.agency_code, c.cell, CAST(c.n AS DOUBLE) AS now, 0e0 AS past
    FROM agency_count c WHERE c.counted IN ('all', 'procedure', 'item', 'provider', 'outcome', 'hour')
    UNION ALL
    SELECT p.counted, p.agency_code, p.cell, 0e0, p.n
    FROM earlier_agency_profile p WHERE p.counted IN ('all', 'procedure', 'item', 'provider', 'outcome', 'hour')
),
-- Sums over agencies are of decimals: a sum of doubles depends on the order in which threads deliver them.
own AS (
    SELECT t.counted, t.agency_code, COALESCE(a.kind, 'unknown') AS kind, t.cell,
           CAST(SUM(CAST(t.past AS DECIMAL(18, 6))) AS DECIMAL(18, 6)) AS past,
           CAST(SUM(CAST(t.past + t.now AS DECIMAL(18, 6))) AS DECIMAL(18, 6)) AS known
    FROM told t
    LEFT JOIN agency_now a ON a.agency_code = t.agency_code
    GROUP BY t.counted, t.agency_code, COALESCE(a.kind, 'unknown'), t.cell
),
of_kind AS (SELECT kind, counted, cell, CAST(SUM(known) AS DOUBLE) AS known FROM own GROUP BY kind, counted, cell),
of_nation AS (SELECT counted, cell, CAST(SUM(known) AS DOUBLE) AS known FROM own GROUP BY counted, cell),
-- A result is one among the answers of its procedure; everything else is one among all requests.
placed AS (
    SELECT o.counted, o.agency_code, o.kind, o.cell, CAST(o.past AS DOUBLE) AS past, CAST(o.known AS DOUBLE) AS known,
           CASE WHEN o.counted = 'outcome' THEN 'procedure' ELSE 'all' END AS whole_counted,
           CASE WHEN o.counted = 'outcome' THEN SPLIT_PART(o.cell, '/', 2) ELSE 'all' END AS whole
    FROM own o
    WHERE o.counted IN ('item', 'provider', 'hour') OR (o.counted = 'outcome' AND o.cell LIKE '%/%')
),
smoothed AS (
    SELECT p.counted, p.agency_code, p.whole, p.cell,
           (p.past + $tail_strength * ((k.known - p.known) + $tail_strength * (n.known + 5e-1) / (nw.known + 1e0))
                                    / (kw.known - CAST(w.known AS DOUBLE) + $tail_strength))
           / (CAST(w.past AS DOUBLE) + $tail_strength) AS share
    FROM placed p
    JOIN own w ON w.counted = p.whole_counted AND w.agency_code = p.agency_code AND w.cell = p.whole
    JOIN of_kind k ON k.kind = p.kind AND k.counted = p.counted AND k.cell = p.cell
    JOIN of_kind kw ON kw.kind = p.kind AND kw.counted = p.whole_counted AND kw.cell = p.whole
    JOIN of_nation n ON n.counted = p.counted AND n.cell = p.cell
    JOIN of_nation nw ON nw.counted = p.whole_counted AND nw.cell = p.whole
),
added AS (
    SELECT s.counted, s.agency_code, s.whole, s.cell,
           SUM(s.share) OVER (PARTITION BY s.counted, s.agency_code, s.whole ORDER BY s.share NULLS LAST, s.cell NULLS LAST
                              ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS p
    FROM smoothed s
)
-- Results that brought data are no cell and the commonest of all: nothing is missing beside them.
SELECT a.counted, a.agency_code, a.cell,
       -LN(LEAST(GREATEST(a.p + CASE WHEN a.counted = 'outcome' THEN 0e0
                                     ELSE GREATEST(1e0 - MAX(a.p) OVER (PARTITION BY a.counted, a.agency_code, a.whole), 0e0) END,
                          1e-9), 1e0)) AS nats
FROM added a
