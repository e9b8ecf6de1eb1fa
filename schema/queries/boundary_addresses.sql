-- SPDX-License-Identifier: Apache-2.0
-- Which asset held which address, from the time of one run until that of another (NULL: still); what was
-- merged since is what it turned out to be.
-- $1::int4 : realm
SELECT d.address, (extract(epoch FROM f.ended) * 1000000)::int8, (extract(epoch FROM u.ended) * 1000000)::int8,
    coalesce(h.merged_into, d.asset_id)
FROM address_ever d
JOIN asset h USING (asset_id)
JOIN run f ON f.run_id = d.from_run
LEFT JOIN run u ON u.run_id = d.until_run
WHERE d.realm_id = $1
