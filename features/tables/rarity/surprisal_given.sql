-- An attribute that is declared as given another (an item, given its procedure) is judged so: what the other surprises by is taken off.
SELECT s.official_no, s.attribute, s.value, s.surprisal - COALESCE(g.surprisal, 0e0) AS surprisal
FROM surprisal s
JOIN attribute a ON a.name = s.attribute
LEFT JOIN surprisal g ON g.official_no = s.official_no AND g.attribute = a.given AND g.value = SPLIT_PART(s.value, '/', 1)
