-- SPDX-License-Identifier: Apache-2.0
-- Moves identity keys from one asset to another. Of some addresses only: those that were met at
-- one of them, and the MACs of theirs that no address shows which stays.
-- $1::int8 : from this asset
-- $2::int8 : to this one
-- $3::int8 : run of the decision
-- $4::text : only of these addresses, with spaces between; NULL: all
-- $5::int8 : only keys known since after this run; 0: all
WITH moved AS (
    UPDATE identity_key k
    SET until_run = $3
    WHERE k.asset_id = $1 AND k.until_run IS NULL AND k.from_run > $5
      AND ($4::text IS NULL
           OR k.reason = ANY (SELECT 'met at ' || a FROM unnest(string_to_array($4, ' ')) a)
           OR (k.type = 'mac'
               AND EXISTS (SELECT FROM address a
                           WHERE a.asset_id IN ($1, $2) AND a.until_run IS NULL
                             AND a.address = ANY (string_to_array($4, ' ')::inet[])
                             AND a.mac::text = k.value)
               AND NOT EXISTS (SELECT FROM address a
                               WHERE a.asset_id = $1 AND a.until_run IS NULL
                                 AND NOT a.address = ANY (string_to_array($4, ' ')::inet[])
                                 AND a.mac::text = k.value)))
    RETURNING *
)
INSERT INTO identity_key
	(asset_id, type, value, realm_id, strength, shared, verdict, reason, method, evidence,
	 from_run)
SELECT $2, type, value, realm_id, strength, shared, verdict, reason, method, evidence, $3
FROM moved
ON CONFLICT DO NOTHING
