-- The realm of a snapshot and its newest run. No row if there is no such realm.
-- $1::text : realm; NULL: all
SELECT coalesce(max(n.run_id), 0)
FROM realm r LEFT JOIN run n USING (realm_id)
WHERE $1 IS NULL OR r.name = $1 HAVING count(*) > 0
