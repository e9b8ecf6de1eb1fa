-- SPDX-License-Identifier: Apache-2.0
-- Registers the assets that come of taking others apart, by what was compared.
-- $1::int8 : batch
-- $2::int8 : run
INSERT INTO asset (asset_id, realm_id, name, seen_from, first_run, last_run)
SELECT s.into_id, o.realm_id,
       coalesce(host(min(s.address) FILTER (WHERE NOT place_is_mac(s.address))), place_text(min(s.address))),
       o.seen_from, $2, $2
FROM stage_split s
JOIN stage_identity i ON i.batch = $1 AND i.address = s.address AND i.asset_id = s.into_id
JOIN asset o ON o.asset_id = s.asset_id
WHERE s.batch = $1 AND i.is_new
GROUP BY s.into_id, o.realm_id, o.seen_from
