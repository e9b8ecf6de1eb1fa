-- SPDX-License-Identifier: Apache-2.0
-- Moves identity keys from one asset to another. Of some addresses only: those that one of them
-- showed; what an address that stays showed too, both have.
-- $1::int8 : from this asset
-- $2::int8 : to this one
-- $3::int8 : run of the decision
-- $4::text : only of these addresses, with spaces between; NULL: all
-- $5::int8 : only keys known since after this run; 0: all
WITH wanted AS (
    SELECT k.*, EXISTS (
            SELECT FROM key_sighting g
            WHERE g.asset_id = $1 AND g.type = k.type AND g.value = k.value
              AND g.until_run IS NULL AND $4::text IS NOT NULL
              AND NOT g.address = ANY (string_to_array($4, ' ')::inet[])) AS stays
    FROM identity_key k
    WHERE k.asset_id = $1 AND k.until_run IS NULL AND k.from_run > $5
      AND ($4 IS NULL OR EXISTS (
          SELECT FROM key_sighting g
          WHERE g.asset_id = $1 AND g.type = k.type AND g.value = k.value
            AND g.until_run IS NULL AND g.address = ANY (string_to_array($4, ' ')::inet[])))
), closed AS (
    UPDATE identity_key k
    SET until_run = $3
    FROM wanted w
    WHERE NOT w.stays AND k.asset_id = $1 AND k.type = w.type AND k.value = w.value
      AND k.until_run IS NULL
)
INSERT INTO identity_key
	(asset_id, type, value, realm_id, strength, shared, verdict, reason, method, evidence,
	 from_run)
SELECT $2, type, value, realm_id, strength, shared, verdict, reason, method, evidence, $3
FROM wanted
ON CONFLICT DO NOTHING
