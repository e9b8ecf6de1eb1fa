-- SPDX-License-Identifier: Apache-2.0
-- Registers the assets that nobody knew.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
-- $4::int4 : bit of the vantage
INSERT INTO asset (asset_id, realm_id, name, seen_from, first_run, last_run)
SELECT asset_id, $3,
       coalesce(host(min(address) FILTER (WHERE NOT place_is_mac(address))), place_text(min(address))),
       CASE WHEN bool_or(up) THEN $4::int2 ELSE 0::int2 END, $2, $2
FROM stage_identity
WHERE batch = $1 AND is_new
GROUP BY asset_id
ORDER BY asset_id
