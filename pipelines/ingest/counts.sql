-- What became of the rows of each file of a judged batch, week by week (no week: their time cannot be).
SELECT d.file, d.delivery_id, strftime(a.monday, '%G-W%V') AS week,
       CASE WHEN a.fault > 0 OR t.f IS NOT NULL THEN 'quarantined' WHEN r.f IS NULL THEN 'loaded'
            WHEN r.conflicting THEN 'conflicting' ELSE 'duplicate' END AS outcome,
       CASE WHEN a.fault > 0 THEN {reason} WHEN t.f IS NOT NULL THEN '{astray}' WHEN r.conflicting THEN '{conflict}' END AS reason,
       count(*) AS rows
FROM arrived a
JOIN delivery d ON d.f = a.f
LEFT JOIN repeated r ON r.f = a.f AND r.row_number = a.row_number
LEFT JOIN astray t ON t.f = a.f AND t.row_number = a.row_number
GROUP BY ALL
