-- SPDX-License-Identifier: Apache-2.0
-- The assets that the batch is about: those at its addresses, and those that have a key which it
-- showed. How many addresses they have, and how many of them the batch did not meet.
-- $1::int8 : batch
-- $2::int4 : realm
CREATE TEMPORARY TABLE identity_concerned ON COMMIT DROP AS
SELECT c.asset_id, count(a.address) AS addresses,
       count(a.address) FILTER (WHERE m.address IS NULL) AS unmet
FROM (
    SELECT a.asset_id
    FROM identity_met e
    JOIN address a ON a.address = e.address AND a.realm_id = $2 AND a.until_run IS NULL
    UNION
    SELECT asset_id FROM identity_station WHERE asset_id IS NOT NULL
    UNION
    SELECT k.asset_id
    FROM (SELECT DISTINCT attribute, value FROM stage_statement
          WHERE batch = $1 AND kind = 'key') s
    JOIN identity_key k ON hashtextextended(k.value, 0) = hashtextextended(s.value, 0)
        AND k.value = s.value AND k.type = s.attribute AND k.realm_id = $2
        AND k.until_run IS NULL) c
LEFT JOIN address a ON a.asset_id = c.asset_id AND a.until_run IS NULL
LEFT JOIN identity_met m ON m.address = a.address
GROUP BY c.asset_id
