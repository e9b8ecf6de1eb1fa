-- SPDX-License-Identifier: Apache-2.0
-- What runs opened and closed but services: addresses, names, keys, facts, links. Of a fact its own
-- subject too, since facts of a service that came, went or changed are told by the service. A link is
-- new only if its other end was there before.
-- $1::bool : the net difference: not what the same runs opened and closed
-- $2::text : the runs, ids between commas. Named, so that the planner knows how few of the facts are
-- theirs
-- $3::bool : assets appeared with them: leave out what was found in the first run of an asset
SELECT d.from_run, true, d.asset_id, 'address ' || host(d.address),
    '', coalesce(d.mac::text, 'held'), true
FROM address d
WHERE d.from_run = ANY (CAST(string_to_array($2, ',') AS int8[]))
    AND NOT ($1 AND d.until_run IS NOT NULL
        AND d.until_run = ANY (CAST(string_to_array($2, ',') AS int8[])))
    AND (NOT $3 OR EXISTS (SELECT FROM asset o WHERE o.asset_id = d.asset_id
        AND (d.from_run > o.first_run OR d.from_run = o.merge_run)))
UNION ALL
SELECT d.until_run, false, d.asset_id, 'address ' || host(d.address),
    '', coalesce(d.mac::text, 'held'), true
FROM address d
WHERE d.until_run IS NOT NULL AND d.until_run = ANY (CAST(string_to_array($2, ',') AS int8[]))
    AND NOT ($1 AND d.from_run = ANY (CAST(string_to_array($2, ',') AS int8[])))
UNION ALL
SELECT n.from_run, true, n.asset_id, 'name of ' || place_text(n.address) || ' (' || n.source || ')',
    '', n.name, true
FROM name n
WHERE n.from_run = ANY (CAST(string_to_array($2, ',') AS int8[]))
    AND NOT ($1 AND n.until_run IS NOT NULL
        AND n.until_run = ANY (CAST(string_to_array($2, ',') AS int8[])))
    AND (NOT $3 OR EXISTS (SELECT FROM asset o WHERE o.asset_id = n.asset_id
        AND (n.from_run > o.first_run OR n.from_run = o.merge_run)))
UNION ALL
SELECT n.until_run, false, n.asset_id, 'name of ' || place_text(n.address) || ' (' || n.source || ')',
    '', n.name, true
FROM name n
WHERE n.until_run IS NOT NULL AND n.until_run = ANY (CAST(string_to_array($2, ',') AS int8[]))
    AND NOT ($1 AND n.from_run = ANY (CAST(string_to_array($2, ',') AS int8[])))
UNION ALL
SELECT k.from_run, true, k.asset_id, 'key ' || k.type,
    '', k.value, true
FROM identity_key k
WHERE k.from_run = ANY (CAST(string_to_array($2, ',') AS int8[]))
    AND NOT ($1 AND k.until_run IS NOT NULL
        AND k.until_run = ANY (CAST(string_to_array($2, ',') AS int8[])))
    AND (NOT $3 OR EXISTS (SELECT FROM asset o WHERE o.asset_id = k.asset_id
        AND (k.from_run > o.first_run OR k.from_run = o.merge_run)))
UNION ALL
SELECT k.until_run, false, k.asset_id, 'key ' || k.type,
    '', k.value, true
FROM identity_key k
WHERE k.until_run IS NOT NULL AND k.until_run = ANY (CAST(string_to_array($2, ',') AS int8[]))
    AND NOT ($1 AND k.from_run = ANY (CAST(string_to_array($2, ',') AS int8[])))
UNION ALL
SELECT f.from_run, true, f.asset_id, concat_ws(' ', nullif(f.subject, ''), f.attribute) || ' (' || f.source || ')',
    f.subject, f.value, true
FROM fact f
WHERE f.from_run = ANY (CAST(string_to_array($2, ',') AS int8[]))
    AND NOT (f.subject = '' AND f.attribute = 'state' AND f.source = 'intake')
    AND NOT ($1 AND f.until_run IS NOT NULL
        AND f.until_run = ANY (CAST(string_to_array($2, ',') AS int8[])))
    AND (NOT $3 OR EXISTS (SELECT FROM asset o WHERE o.asset_id = f.asset_id
        AND (f.from_run > o.first_run OR f.from_run = o.merge_run)))
UNION ALL
SELECT f.until_run, false, f.asset_id, concat_ws(' ', nullif(f.subject, ''), f.attribute) || ' (' || f.source || ')',
    f.subject, f.value, true
FROM fact f
WHERE f.until_run IS NOT NULL AND f.until_run = ANY (CAST(string_to_array($2, ',') AS int8[]))
    AND NOT (f.subject = '' AND f.attribute = 'state' AND f.source = 'intake')
    AND NOT ($1 AND f.from_run = ANY (CAST(string_to_array($2, ',') AS int8[])))
UNION ALL
SELECT l.from_run, true, l.asset_id, l.layer || ' link to '
        || coalesce(p.name, host(l.peer_address)) || ' (' || l.source || ')',
    '', l.grade, false
FROM link l LEFT JOIN asset p ON p.asset_id = l.peer_asset_id
WHERE l.from_run = ANY (CAST(string_to_array($2, ',') AS int8[]))
    AND NOT ($1 AND l.until_run IS NOT NULL
        AND l.until_run = ANY (CAST(string_to_array($2, ',') AS int8[])))
    AND (p.asset_id IS NULL OR p.first_run < l.from_run)
UNION ALL
SELECT l.until_run, false, l.asset_id, l.layer || ' link to '
        || coalesce(p.name, host(l.peer_address)) || ' (' || l.source || ')',
    '', l.grade, false
FROM link l LEFT JOIN asset p ON p.asset_id = l.peer_asset_id
WHERE l.until_run IS NOT NULL AND l.until_run = ANY (CAST(string_to_array($2, ',') AS int8[]))
    AND NOT ($1 AND l.from_run = ANY (CAST(string_to_array($2, ',') AS int8[])))
