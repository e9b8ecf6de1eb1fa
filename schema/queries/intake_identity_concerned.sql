-- SPDX-License-Identifier: Apache-2.0
-- The assets that the batch is about: those at its addresses, and those that have a key which it
-- showed. How many addresses they have, and at how many of them the batch met something.
-- $1::int8 : batch
-- $2::int4 : realm
CREATE TEMPORARY TABLE identity_concerned ON COMMIT DROP AS
SELECT c.asset_id, count(a.address) AS addresses, min(c.met) AS met
FROM (
    SELECT asset_id, sum(met) AS met
    FROM (
        SELECT asset_id, CASE WHEN has THEN 1 ELSE 0 END AS met
        FROM identity_at
        WHERE asset_id IS NOT NULL
        UNION ALL
        SELECT k.asset_id, 0
        FROM (SELECT DISTINCT attribute, value FROM stage_statement
              WHERE batch = $1 AND kind = 'key') s
        JOIN identity_key k ON hashtextextended(k.value, 0) = hashtextextended(s.value, 0)
            AND k.value = s.value AND k.type = s.attribute AND k.realm_id = $2
            AND k.until_run IS NULL) b
    GROUP BY asset_id) c
LEFT JOIN address a ON a.asset_id = c.asset_id AND a.until_run IS NULL
GROUP BY c.asset_id
