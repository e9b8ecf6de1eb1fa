-- SPDX-License-Identifier: Apache-2.0
-- How many systems there are, are on the list, were decided not to be, wait for a decision: by group; operators
-- are those of their realm. What is retired waits for none.
-- $1::text : sector, region, operator, class or outcome
-- $2::timestamptz : valid then
-- $3::timestamptz : known then; NULL: now
WITH known AS (
    SELECT DISTINCT ON (e.realm_id, e.system, e.pack) e.realm_id, e.system, e.pack, e.version,
        e.outcome
    FROM norm_eval e WHERE e.unit = 'system' AND e.evaluated <= coalesce($3, 'infinity') AND e.evaluated <= $2
    ORDER BY e.realm_id, e.system, e.pack, e.id DESC
), proposed AS (
    -- Of packs in force, without what another one speaks about in their place.
    SELECT k.realm_id, k.system, bool_or(k.outcome = 'cii') AS cii,
        bool_or(k.outcome = 'review') AS review
    FROM known k JOIN norm_pack p ON p.id = k.pack AND p.version = k.version
        AND p.designates AND (p.effective_until IS NULL OR p.effective_until >= $2::date)
    WHERE NOT EXISTS (SELECT FROM known o JOIN norm_pack q ON q.id = o.pack AND q.version = o.version
        WHERE o.realm_id = k.realm_id AND o.system = k.system AND q.supersedes = k.pack
            AND o.outcome <> 'n/a')
    GROUP BY 1, 2
), own AS (
    SELECT s.realm_id, s.id, s.sector, s.class, s.organisation, s.lifecycle <> 'retired' AS used,
        coalesce(o.name, '') AS name, coalesce(o.division, '') AS division
    FROM system s
    LEFT JOIN organisation o ON o.realm_id = s.realm_id AND o.id = s.organisation
        AND o.until_import IS NULL
    WHERE s.until_import IS NULL AND NOT s.external
), state AS (
    SELECT coalesce(s.realm_id, d.realm_id) AS realm_id, coalesce(s.id, d.system) AS system,
        coalesce(s.sector, '') AS sector, coalesce(s.class, '') AS class,
        coalesce(s.organisation, '') AS operator, coalesce(s.name, '') AS name,
        coalesce(s.division, '') AS division, s.id IS NOT NULL AS registered,
        CASE WHEN d.outcome = 'cii' THEN 'cii' WHEN d.outcome IS NOT NULL THEN d.outcome
            WHEN s.used AND p.cii THEN 'proposed' WHEN s.used AND p.review THEN 'review'
            ELSE 'undecided' END AS outcome
    FROM own s
    FULL JOIN designation_at($2, $3) d ON d.realm_id = s.realm_id AND d.system = s.id
    LEFT JOIN proposed p ON p.realm_id = s.realm_id AND p.system = s.id
), grouped AS (
    SELECT *, CASE $1 WHEN 'sector' THEN sector WHEN 'region' THEN division
            WHEN 'operator' THEN operator WHEN 'class' THEN class ELSE outcome END AS of,
        CASE $1 WHEN 'operator' THEN name ELSE '' END AS called,
        CASE $1 WHEN 'operator' THEN (SELECT r.name FROM realm r WHERE r.realm_id = state.realm_id)
            ELSE '' END AS realm
    FROM state
)
SELECT of, max(called), count(*) FILTER (WHERE registered),
    count(*) FILTER (WHERE outcome = 'cii'), count(*) FILTER (WHERE outcome = 'not'),
    count(*) FILTER (WHERE outcome = 'withdrawn'), count(*) FILTER (WHERE outcome = 'proposed'),
    count(*) FILTER (WHERE outcome = 'review'), count(*) FILTER (WHERE outcome = 'undecided'),
    count(*) FILTER (WHERE NOT registered), sum(cases_overdue(realm_id, system))::int8, realm
FROM grouped GROUP BY of, realm ORDER BY of COLLATE "C", realm COLLATE "C"
