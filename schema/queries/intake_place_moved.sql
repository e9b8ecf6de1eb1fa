-- SPDX-License-Identifier: Apache-2.0
-- Ends what assets had at the MACs of stations without an address that are another asset's now, of this
-- node or of another one: that they were met there, the MAC unless an address shows it, names, sightings
-- and what was said.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH place AS MATERIALIZED (
    SELECT address, asset_id, place_text(address) AS mac
    FROM (SELECT address, asset_id FROM stage_identity WHERE batch = $1
          UNION ALL SELECT address, asset_id FROM stage_elsewhere WHERE batch = $1) p
    WHERE place_is_mac(address)
), lost AS MATERIALIZED (
    SELECT k.asset_id, p.address, p.mac
    FROM place p
    JOIN identity_key k ON hashtextextended(k.value, 0) = hashtextextended(p.mac, 0) AND k.value = p.mac
        AND k.type = 'station' AND k.realm_id = $3 AND k.until_run IS NULL
    WHERE k.asset_id <> p.asset_id
), names AS (
    UPDATE name t SET until_run = $2
    FROM lost
    WHERE t.asset_id = lost.asset_id AND t.address = lost.address AND t.until_run IS NULL
), sightings AS (
    UPDATE key_sighting t SET until_run = $2
    FROM lost
    WHERE t.asset_id = lost.asset_id AND t.address = lost.address AND t.until_run IS NULL
), facts AS (
    UPDATE fact t SET until_run = $2
    FROM lost
    WHERE t.asset_id = lost.asset_id AND split_part(t.subject, ' ', 1) = lost.mac
      AND t.until_run IS NULL
)
UPDATE identity_key k SET until_run = $2
FROM lost
WHERE k.asset_id = lost.asset_id AND k.value = lost.mac AND k.until_run IS NULL
  AND (k.type = 'station' OR k.type = 'mac' AND NOT EXISTS (
      SELECT FROM key_sighting g
      WHERE g.asset_id = k.asset_id AND g.type = 'mac' AND g.value = k.value
        AND g.address <> lost.address AND g.until_run IS NULL))
