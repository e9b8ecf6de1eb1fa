-- SPDX-License-Identifier: Apache-2.0
-- Addresses that go with an asset which is itself again: those that it had and the other still has,
-- and those that came since by a key which was its alone. With spaces between; NULL: none.
-- $1::int8 : the asset that is itself again
-- $2::int8 : the asset that has what was its
-- $3::int8 : run of the merge
-- $4::int8 : the asset that it was merged into then; the first may be an alias by now
WITH RECURSIVE path (asset_id, run_id) AS (
    SELECT $4::int8, $3::int8
    UNION
    SELECT d.other_asset_id, d.run_id
    FROM path
    JOIN asset_decision d ON d.asset_id = path.asset_id AND d.kind = 'merge' AND d.undone IS NULL
), own AS (
    SELECT k.type, k.value FROM identity_key k
    WHERE k.asset_id = $1 AND k.until_run = $3 AND NOT k.shared AND k.strength <> 'weak'
      AND NOT EXISTS (
          SELECT FROM asset_decision d
          WHERE d.kind = 'merge' AND d.other_asset_id = k.asset_id AND d.undone IS NOT NULL
            AND d.run_id = k.from_run)
      AND NOT EXISTS (
               SELECT FROM path
               JOIN identity_key b ON b.asset_id = path.asset_id AND b.type = k.type AND b.value = k.value
               WHERE b.from_run < path.run_id
                 AND (b.until_run IS NULL OR b.until_run >= path.run_id)
                 AND NOT EXISTS (
                     SELECT FROM asset_decision d
                     WHERE d.kind = 'merge' AND d.other_asset_id = b.asset_id AND d.undone IS NOT NULL
                       AND d.run_id = b.from_run))
)
SELECT string_agg(host(b.address), ' ' ORDER BY b.address)
FROM address b
WHERE b.asset_id = $2 AND b.until_run IS NULL
  AND (EXISTS (SELECT FROM address a
               WHERE a.asset_id = $1 AND a.address = b.address AND a.until_run = $3
                 AND NOT EXISTS (
                     SELECT FROM asset_decision d
                     WHERE d.kind = 'merge' AND d.other_asset_id = a.asset_id AND d.undone IS NOT NULL
                       AND d.run_id = a.from_run))
       OR (NOT EXISTS (SELECT FROM address o
                       WHERE o.asset_id IN (SELECT asset_id FROM path)
                         AND o.address = b.address AND o.from_run <= $3)
           AND EXISTS (
               SELECT FROM own k
               WHERE (k.type = 'mac' AND k.value = b.mac::text)
                  OR starts_with(b.reason, 'by ' || left(k.type, 24) || ' '
                                 || left(k.value, 24)))))
