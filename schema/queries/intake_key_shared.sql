-- SPDX-License-Identifier: Apache-2.0
-- Identity keys that turned out to be shared go on as such. A row that this very run wrote, by joining
-- assets or taking them apart, is shared from its beginning.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH fresh AS (
    UPDATE identity_key k
    SET shared = true, reason = h.reason
    FROM stage_shared h
    WHERE h.batch = $1 AND hashtextextended(k.value, 0) = hashtextextended(h.value, 0)
    AND k.value = h.value
      AND k.type = h.type AND k.realm_id = $3 AND k.until_run IS NULL AND NOT k.shared
      AND k.from_run = $2
), closed AS (
    UPDATE identity_key k
    SET until_run = $2
    FROM stage_shared h
    WHERE h.batch = $1 AND hashtextextended(k.value, 0) = hashtextextended(h.value, 0)
    AND k.value = h.value
      AND k.type = h.type AND k.realm_id = $3 AND k.until_run IS NULL AND NOT k.shared
      AND k.from_run < $2
    RETURNING k.*, h.reason AS why
)
INSERT INTO identity_key
	(asset_id, type, value, realm_id, strength, shared, verdict, reason, method, evidence,
	 from_run)
SELECT asset_id, type, value, realm_id, strength, true, verdict, why, method, evidence, $2
FROM closed
