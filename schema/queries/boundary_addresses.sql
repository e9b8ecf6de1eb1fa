-- SPDX-License-Identifier: Apache-2.0
-- Which asset held which address, from which run until which (0: still); what was merged since is what it
-- turned out to be.
-- $1::int4 : realm
SELECT d.address, d.from_run, coalesce(d.until_run, 0), coalesce(h.merged_into, d.asset_id)
FROM address_ever d JOIN asset h USING (asset_id)
WHERE d.realm_id = $1
