-- SPDX-License-Identifier: Apache-2.0
-- Gives an asset that is itself again its identity keys back: what the other had only from it moves
-- as it is now, what both had is written anew as it was, what ended since stays ended.
-- $1::int8 : the asset that is itself again
-- $2::int8 : the asset that it was merged into
-- $3::int8 : run of the merge
-- $4::int8 : run of the decision
WITH own AS (
    SELECT t.*,
           EXISTS (
               SELECT FROM identity_key b
               WHERE b.asset_id = $2 AND b.type = t.type AND b.value = t.value
                 AND b.from_run < $3 AND (b.until_run IS NULL OR b.until_run >= $3)) AS had
    FROM identity_key t
    WHERE t.asset_id = $1 AND t.until_run = $3
), closed AS (
    UPDATE identity_key b
    SET until_run = $4
    FROM own k
    WHERE NOT k.had AND b.asset_id = $2
      AND b.type = k.type AND b.value = k.value
      AND b.until_run IS NULL
    RETURNING b.*
)
INSERT INTO identity_key
	(asset_id, type, value, realm_id, strength, shared, verdict, reason, method, evidence, from_run)
SELECT $1, type, value, realm_id, strength, shared, verdict, reason, method, evidence, $4
FROM closed
UNION ALL
SELECT $1, type, value, realm_id, strength, shared, verdict, reason, method, evidence, $4
FROM own
WHERE had
ON CONFLICT DO NOTHING
