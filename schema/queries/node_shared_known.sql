-- SPDX-License-Identifier: Apache-2.0
-- Keys of the batch that some node knows as shared already: without a reason of this time.
-- $1::int8 : batch
-- $2::int4 : realm
INSERT INTO stage_shared (batch, type, value, reason)
SELECT DISTINCT $1, k.type, k.value, ''
FROM identity_key k
JOIN stage_statement s ON s.batch = $1 AND s.kind = 'key' AND s.attribute = k.type
    AND s.value = k.value
WHERE k.realm_id = $2 AND k.until_run IS NULL AND k.shared
  AND NOT EXISTS (SELECT FROM stage_shared h
                  WHERE h.batch = $1 AND h.type = k.type AND h.value = k.value)
