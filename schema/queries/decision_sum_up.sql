-- SPDX-License-Identifier: Apache-2.0
-- Since when and from where an asset was seen, from its own rows and those of its aliases.
-- $1::int8 : asset
WITH self AS (
    SELECT asset_id FROM asset WHERE asset_id = $1 OR merged_into = $1
)
UPDATE asset a
SET first_run = coalesce(
        (SELECT min(d.from_run)
         FROM (SELECT asset_id, from_run FROM address
               UNION ALL
               SELECT asset_id, from_run FROM identity_key WHERE type = 'station') d
         JOIN self USING (asset_id)), a.first_run),
    seen_from = coalesce(
        (SELECT bit_or(CASE WHEN r.outcome <> 'up' THEN 0 WHEN n.vantage = 'internet' THEN 2
                       ELSE 1 END)::int2
         FROM asset_met r
         JOIN self USING (asset_id)
         JOIN run n USING (run_id)), a.seen_from)
WHERE a.asset_id = $1
