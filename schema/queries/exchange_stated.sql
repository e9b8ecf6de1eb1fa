-- SPDX-License-Identifier: Apache-2.0
-- What people said of the assets of a list: what is attested of each and who answers for it; and
-- the decisions about what it is, the program's own too.
-- Persons who decided are not named; the number of their decision is.
-- $1::text : numbers of assets, with commas
-- $2::timestamptz : as of; NULL: now
WITH part AS (
    SELECT unnest(string_to_array($1, ',')::int8[]) AS asset_id
), said AS (
    SELECT t.asset_id, 1 AS place, CASE WHEN t.attribute IN ('zone', 'prefix', 'vlan')
            THEN 'boundary' ELSE 'identification' END AS chapter, t.attribute AS name,
        t.value, t.document AS source, 'register: ' || t.selector || ' ' || t.asset AS method,
        t.as_of, t.from_import
    FROM asset_attested t
    WHERE t.asset_id = ANY (string_to_array($1, ',')::int8[])
    UNION ALL
    SELECT r.asset_id, 2, 'organisation', r.duty,
        coalesce(r.organisation_name || ' (' || r.organisation || ')', r.organisation),
        r.document, 'register: ' || r.subject || ' ' || r.value, r.as_of, r.from_import
    FROM asset_responsible r
    WHERE r.asset_id = ANY (string_to_array($1, ',')::int8[])
), told AS (
    SELECT s.asset_id, s.place, s.chapter, s.name, s.value, 'attested' AS grade, s.source,
        s.method, s.as_of::text AS as_of, i.imported AS since, NULL::timestamptz AS until,
        0::int8 AS decision
    FROM said s LEFT JOIN register_import i ON i.id = s.from_import
    UNION ALL
    SELECT p.asset_id, 4, 'changes', d.kind, CASE d.kind
            WHEN 'merge' THEN d.asset_id || ' is an alias of ' || d.other_asset_id || ': '
            WHEN 'split' THEN d.other_asset_id || ' left ' || d.asset_id || ': '
            ELSE '' END || d.reason || coalesce(' (' || nullif(d.keys, '') || ')', ''),
        CASE d.verdict WHEN 'auto' THEN 'derived' ELSE 'attested' END,
        'decision ' || d.decision_id, CASE d.verdict WHEN 'auto' THEN 'identity' ELSE 'by hand'
            END, d.decided::date::text, d.decided,
        CASE WHEN $2 IS NULL OR d.undone <= $2 THEN d.undone END, d.decision_id
    FROM part p
    JOIN asset_decision d ON d.asset_id = p.asset_id OR d.other_asset_id = p.asset_id
    WHERE d.kind IN ('merge', 'split', 'retire', 'revive') AND ($2 IS NULL OR d.decided <= $2)
)
SELECT t.asset_id, t.chapter, t.name, t.value, t.grade, t.source, t.method, t.as_of,
    coalesce((extract(epoch FROM t.since) * 1000000)::int8, 0),
    coalesce((extract(epoch FROM t.until) * 1000000)::int8, 0)
FROM told t
ORDER BY t.asset_id, t.place, t.name COLLATE "C", t.value COLLATE "C", t.method COLLATE "C",
    t.decision
