-- How many of the week's requests of an agency fall into each cell of each count, and for how many of them no reason is on record.
SELECT CAST($week_start AS DATE) AS monday, c.counted, c.agency_code, c.cell, c.n, c.n_lacking
FROM counted_cell c
