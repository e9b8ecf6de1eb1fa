-- SPDX-License-Identifier: Apache-2.0
-- Authorisations with their prefixes, one row for each prefix.
-- $1::int8 : only this one, 0: all
SELECT a.authorisation_id, r.name, a.authoriser, a.basis, a.profile,
       (extract(epoch FROM a.valid_from) * 1000000)::int8,
       (extract(epoch FROM a.valid_until) * 1000000)::int8,
       coalesce((extract(epoch FROM a.revoked) * 1000000)::int8, 0),
       a.rate_pps, c.cidr, c.excluded
FROM authorisation a
JOIN realm r USING (realm_id)
JOIN authorisation_cidr c USING (authorisation_id)
WHERE $1 = 0 OR a.authorisation_id = $1
ORDER BY a.authorisation_id, c.excluded, c.cidr
