-- SPDX-License-Identifier: Apache-2.0
-- Versions of boundaries; the newest of each last.
-- $1::text : realm; NULL: any
-- $2::text : system; NULL: all
-- $3::text : kind; NULL: both
-- $4::int4 : version; 0: the newest; NULL: all
-- $5::int8 : this one alone; NULL: any
SELECT b.id, r.name, b.system, b.kind, b.version, b.sha256, b.rule, b.basis, b.businesses, b.members,
    b.notes, b.official, b.decision_no, b.run_id,
    (extract(epoch FROM b.valid_from) * 1000000)::int8,
    (extract(epoch FROM b.recorded) * 1000000)::int8, b.realm_id,
    coalesce((SELECT m.version FROM boundary m WHERE m.id = b.of_boundary), 0)
FROM boundary b JOIN realm r USING (realm_id)
WHERE ($1 IS NULL OR r.name = $1) AND ($2 IS NULL OR b.system = $2) AND ($3 IS NULL OR b.kind = $3)
    AND ($5 IS NULL OR b.id = $5)
    AND ($4 IS NULL OR b.version = $4 OR ($4 = 0 AND NOT EXISTS (
        SELECT FROM boundary o WHERE o.realm_id = b.realm_id AND o.system = b.system
            AND o.kind = b.kind AND o.version > b.version)))
ORDER BY r.name COLLATE "C", b.system COLLATE "C", b.kind DESC, b.version
