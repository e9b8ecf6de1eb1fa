-- SPDX-License-Identifier: Apache-2.0
-- The norm packs that are installed, by id, the newest version first.
-- $1::text : the day, YYYY-MM-DD
SELECT p.id, p.version, p.unit, p.title, p.authority, p.effective_from::text,
    coalesce(p.effective_until::text, ''), p.supersedes,
    p.effective_from <= $1::date AND (p.effective_until IS NULL OR p.effective_until >= $1::date)
    AND NOT EXISTS (SELECT FROM norm_pack n WHERE n.id = p.id AND n.effective_from <= $1::date
        AND (n.effective_until IS NULL OR n.effective_until >= $1::date)
        AND string_to_array(n.version, '.')::int4[] > string_to_array(p.version, '.')::int4[]),
    p.signed_by, p.unsigned_reason, p.sha256,
    (extract(epoch FROM p.installed) * 1000000)::int8
FROM norm_pack p
ORDER BY p.id COLLATE "C", string_to_array(p.version, '.')::int4[] DESC
