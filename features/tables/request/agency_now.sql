-- The agencies as they are in the week: the latest row that is in force on one of its days.
SELECT agency_code, name, kind, prefecture_code, municipality_code, population
FROM (SELECT a.agency_code, a.name, a.kind, a.prefecture_code, a.municipality_code, a.population,
             ROW_NUMBER() OVER (PARTITION BY a.agency_code
                                ORDER BY CASE WHEN a.valid_from < $week_end AND (a.valid_to IS NULL OR a.valid_to >= $week_start)
                                              THEN 0 ELSE 1 END NULLS LAST, a.valid_from DESC NULLS LAST) AS place
      FROM agencies a) ranked
WHERE place = 1
