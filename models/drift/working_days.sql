-- How many working days the week has.
SELECT COUNT(c.date) AS days
FROM calendar c
WHERE c.is_working_day AND c.date >= $monday AND c.date < $next_monday
