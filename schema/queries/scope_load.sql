-- SPDX-License-Identifier: Apache-2.0
-- The prefixes that make up the scope of a realm. Exclusions hold while their authorisation does.
-- $1::text : realm
-- $2::timestamptz : the time at which exclusions are looked up
-- $3::bool : also what was revoked later, until it was
-- $4::text : the profile that is granted at least; safe: any. Exclusions count whatever theirs is
-- $5::int8 : the packets per second that are granted at least, likewise; 0: any
SELECT a.authorisation_id,
       (extract(epoch FROM a.valid_from) * 1000000)::int8,
       (extract(epoch FROM least(a.valid_until, a.revoked)) * 1000000)::int8,
       c.cidr, c.excluded
FROM authorisation a
JOIN realm r USING (realm_id)
JOIN authorisation_cidr c USING (authorisation_id)
WHERE r.name = $1
  AND (a.revoked IS NULL OR ($3 AND a.revoked > $2))
  AND CASE WHEN c.excluded THEN a.valid_until > $2
           ELSE array_position(ARRAY['safe', 'standard', 'thorough'], a.profile)
                >= array_position(ARRAY['safe', 'standard', 'thorough'], $4)
                AND (a.rate_pps = 0 OR a.rate_pps >= $5) END
ORDER BY a.authorisation_id, c.excluded, c.cidr
