-- SPDX-License-Identifier: Apache-2.0
-- Baselines in the order in which they were frozen.
-- $1::text : only this one; NULL: all
SELECT b.name, coalesce(r.name, ''), b.filter, b.sha256, b.author, b.reason,
    (extract(epoch FROM b.as_of) * 1000000)::int8, (extract(epoch FROM b.known_at) * 1000000)::int8,
    (extract(epoch FROM b.frozen) * 1000000)::int8, b.assets, b.facts, b.known_run, b.known_import
FROM baseline b LEFT JOIN realm r USING (realm_id)
WHERE $1 IS NULL OR b.name = $1
ORDER BY b.frozen, b.name COLLATE "C"
