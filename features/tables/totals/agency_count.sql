-- How many of the week's requests of an agency fall into each cell of each count.
SELECT CAST($week_start AS DATE) AS monday, c.counted, c.agency_code, c.cell, c.n
FROM counted_cell c
