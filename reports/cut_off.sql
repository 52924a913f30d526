-- The time of the last request of the week that was read.
SELECT MAX(requested_at) AS cut_off FROM linkage_log
