-- Data came back although the answer says that there is none or that it is withheld.
SELECT r.request_id, CAST(r.items_returned AS STRING) AS returned
FROM request r
WHERE r.result IN ('no_record', 'withheld', 'refused') AND r.items_returned > 0
