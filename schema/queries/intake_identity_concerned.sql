-- SPDX-License-Identifier: Apache-2.0
-- The assets that the batch is about: those at its addresses, and those that have a key which it
-- showed.
-- $1::int8 : batch
-- $2::int4 : realm
CREATE TEMPORARY TABLE identity_concerned ON COMMIT DROP AS
SELECT a.asset_id
FROM identity_met e
JOIN address a ON a.address = e.address AND a.realm_id = $2 AND a.until_run IS NULL
UNION
SELECT k.asset_id
FROM (SELECT DISTINCT attribute, value FROM stage_statement
      WHERE batch = $1 AND kind = 'key') s
JOIN identity_key k ON hashtextextended(k.value, 0) = hashtextextended(s.value, 0)
    AND k.value = s.value
    AND k.type = s.attribute AND k.realm_id = $2 AND k.until_run IS NULL
