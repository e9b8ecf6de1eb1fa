-- SPDX-License-Identifier: Apache-2.0
-- Registers the assets that come of taking others apart and that the run did not meet.
-- $1::int8 : batch
-- $2::int8 : run
INSERT INTO asset (asset_id, realm_id, name, seen_from, first_run, last_run)
SELECT m.into_id, o.realm_id,
       coalesce(host(min(m.address) FILTER (WHERE NOT place_is_mac(m.address))), place_text(min(m.address))),
       o.seen_from, $2, $2
FROM stage_split m
JOIN asset o USING (asset_id)
WHERE m.batch = $1
GROUP BY m.into_id, o.realm_id, o.seen_from
HAVING bool_or(m.is_new)
ON CONFLICT DO NOTHING
