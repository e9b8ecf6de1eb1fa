-- SPDX-License-Identifier: Apache-2.0
-- The same of those that are chosen.
-- $1::int4 : realm
-- $2::text : unit
-- $3::text : behind this subject
-- $4::text : and this pack
-- $5::text : only this pack; NULL: all
-- $6::int4 : at most
SELECT o.system, o.pack, o.eval_id, encode(o.basis, 'hex'), o.outcome, o.notable, o.silent,
    o.measured, coalesce(o.until_day, -1)
FROM pg_temp.identify_chosen c
JOIN norm_standing o ON o.realm_id = $1 AND o.unit = $2 AND o.system = c.system
WHERE c.realm_id = $1 AND c.unit = $2 AND (o.system, o.pack) > ($3, $4)
    AND ($5 IS NULL OR o.pack = $5)
ORDER BY o.system, o.pack LIMIT $6
