-- SPDX-License-Identifier: Apache-2.0
-- What speaks against two assets being one.
-- $1::int8 : asset
-- $2::int8 : another one
WITH key AS (
    SELECT asset_id, type, string_agg(value, ', ' ORDER BY value) AS shown
    FROM identity_key
    WHERE asset_id IN ($1, $2) AND until_run IS NULL AND NOT shared AND strength <> 'weak'
    GROUP BY 1, 2
), one AS (
    SELECT a.*, coalesce(m.system, '') AS system
    FROM asset a LEFT JOIN asset_system m ON m.asset_id = a.asset_id
    WHERE a.asset_id = $1
), two AS (
    SELECT a.*, coalesce(m.system, '') AS system
    FROM asset a LEFT JOIN asset_system m ON m.asset_id = a.asset_id
    WHERE a.asset_id = $2
)
SELECT subject, value
FROM (
    SELECT 1 AS place, 'different ' || a.type AS subject, a.shown || ' and ' || b.shown AS value
    FROM key a
    JOIN key b ON b.type = a.type
    WHERE a.asset_id = $1 AND b.asset_id = $2
      AND NOT EXISTS (
          SELECT FROM identity_key x
          JOIN identity_key y ON y.asset_id = $2 AND y.type = x.type AND y.value = x.value
              AND y.until_run IS NULL
          WHERE x.asset_id = $1 AND x.type = a.type AND x.until_run IS NULL)
    UNION ALL
    SELECT 2, 'decision ' || decision_id, author || ' told them apart: ' || reason
    FROM asset_decision
    WHERE kind = 'split' AND verdict = 'manual' AND undone IS NULL
      AND ((asset_id = $1 AND other_asset_id = $2) OR (asset_id = $2 AND other_asset_id = $1))
    UNION ALL
    SELECT 3, 'different ' || w.what, w.one || ' and ' || w.two
    FROM one, two, LATERAL (VALUES ('role', one.role, two.role), ('vendor', one.vendor, two.vendor),
        ('model', one.model, two.model), ('os', one.os, two.os), ('system', one.system, two.system)) AS w (what, one, two)
    WHERE w.one <> w.two AND w.one NOT IN ('', 'host', 'unknown')
      AND w.two NOT IN ('', 'host', 'unknown')
      -- What says less of the same kind is no other.
      AND NOT (w.what = 'role' AND 'controller' IN (w.one, w.two)
          AND w.one IN ('controller', 'plc', 'rtu', 'ied', 'drive', 'gateway')
          AND w.two IN ('controller', 'plc', 'rtu', 'ied', 'drive', 'gateway'))
    UNION ALL
    SELECT 4, 'different ' || a.attribute,
           a.value || ' and ' || b.value || ', of which the second is shown'
    FROM fact a
    JOIN fact b ON b.asset_id = $2 AND b.subject = a.subject AND b.attribute = a.attribute
        AND b.source = a.source AND b.until_run IS NULL
    WHERE a.asset_id = $1 AND a.until_run IS NULL AND a.value <> b.value
      AND NOT (a.subject = '' AND a.attribute = 'state')
) AS said
ORDER BY place, subject COLLATE "C", value COLLATE "C"
