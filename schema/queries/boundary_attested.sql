-- SPDX-License-Identifier: Apache-2.0
-- Assets of which a zone is attested; of several the first by name.
-- $1::int4 : realm
SELECT asset_id, min(value COLLATE "C") FROM asset_attested
WHERE realm_id = $1 AND attribute = 'zone' GROUP BY asset_id
