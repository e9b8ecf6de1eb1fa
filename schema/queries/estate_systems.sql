-- SPDX-License-Identifier: Apache-2.0
-- Registered systems, with the key business that each carries and who answers for it; those of
-- others, which are named for their dependencies, too. The sizes of their newest boundaries.
-- $1::text : realm; NULL: all
-- $2::timestamptz : the moment; NULL: now
WITH duty AS (
    SELECT d.realm_id, d.value AS system, d.duty,
        string_agg(DISTINCT coalesce(nullif(o.name, ''), d.organisation) COLLATE "C", '; '
            ORDER BY coalesce(nullif(o.name, ''), d.organisation) COLLATE "C") AS names
    FROM responsibility d
    LEFT JOIN organisation o ON o.realm_id = d.realm_id AND o.id = d.organisation
        AND o.until_import IS NULL
    WHERE d.until_import IS NULL AND d.subject = 'system' AND d.duty IN ('manages', 'operates')
        AND d.valid_from <= coalesce($2, now())::date
        AND (d.valid_until IS NULL OR d.valid_until >= coalesce($2, now())::date)
    GROUP BY d.realm_id, d.value, d.duty
), bounded AS (
    SELECT DISTINCT ON (realm_id, system, kind) realm_id, system, kind, members FROM boundary
    ORDER BY realm_id, system, kind, version DESC
)
SELECT s.id, s.name, coalesce(nullif(s.organisation_name, ''), s.organisation),
    s.sector, CASE WHEN s.is_key THEN coalesce(s.business_name, '') ELSE '' END,
    coalesce(s.tier, 0), coalesce(s.designation, ''),
    coalesce(s.designation_pack || ' ' || s.designation_version, ''), s.external,
    coalesce(o.division, ''), coalesce(m.names, ''), coalesce(p.names, ''),
    coalesce(x.members, 0), coalesce(y.members, 0)
FROM registered_system s
LEFT JOIN organisation o ON o.realm_id = s.realm_id AND o.id = s.organisation
    AND o.until_import IS NULL
LEFT JOIN duty m ON m.realm_id = s.realm_id AND m.system = s.id AND m.duty = 'manages'
LEFT JOIN duty p ON p.realm_id = s.realm_id AND p.system = s.id AND p.duty = 'operates'
LEFT JOIN bounded x ON x.realm_id = s.realm_id AND x.system = s.id AND x.kind = 'maximum'
LEFT JOIN bounded y ON y.realm_id = s.realm_id AND y.system = s.id AND y.kind = 'decided'
WHERE s.lifecycle <> 'retired' AND ($1 IS NULL OR s.realm = $1)
ORDER BY s.id COLLATE "C"
