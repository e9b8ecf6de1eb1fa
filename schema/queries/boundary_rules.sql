-- SPDX-License-Identifier: Apache-2.0
-- By which rule of the register each asset is a system's.
-- $1::int4 : realm
-- $2::text : system
SELECT m.asset_id, f.rule, f.value
FROM asset_member m CROSS JOIN LATERAL system_of(m.asset_id) AS f
WHERE m.realm_id = $1 AND m.system = $2
ORDER BY m.asset_id
