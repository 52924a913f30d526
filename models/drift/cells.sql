-- What is held against earlier weeks: how often each cell of each measure occurs in the week, a kind of agency at a time.
-- Reads kept tables of one week only, so that its cost is that of a few small files.
WITH counted AS (
    SELECT h.agency_code, 'attribute:' || h.attribute AS measure, CAST(h.surprisal_bin AS STRING) AS cell, h.n
    FROM surprisal_histogram h
    UNION ALL
    SELECT s.agency_code, 'strangeness:' || s.track, CAST(s.bin AS STRING), s.n
    FROM strangeness_histogram s
    UNION ALL
    SELECT c.agency_code, 'count:' || c.counted, c.cell, c.n
    FROM agency_count c
    WHERE c.counted IN ('all', 'channel', 'procedure', 'outcome', 'off_hours')
)
SELECT COALESCE(a.kind, 'other') AS kind, c.measure, c.cell, CAST(SUM(c.n) AS BIGINT) AS n
FROM counted c
LEFT JOIN agency_now a ON a.agency_code = c.agency_code
WHERE c.cell IS NOT NULL
GROUP BY COALESCE(a.kind, 'other'), c.measure, c.cell
ORDER BY kind NULLS LAST, c.measure NULLS LAST, c.cell NULLS LAST
