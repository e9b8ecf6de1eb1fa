-- SPDX-License-Identifier: Apache-2.0
-- The open addresses of a realm at all nodes, fetched once for the decision, which names them by the
-- table's name; and of the ended ones one for each network that lost any, of no asset.
-- $1::int4 : realm
CREATE TEMPORARY TABLE address ON COMMIT DROP AS
SELECT asset_id, address, realm_id, from_run, until_run, mac, grade
FROM cadastre_all.address WHERE realm_id = $1 AND until_run IS NULL
UNION ALL
SELECT DISTINCT 0::int8, network, realm_id, 0::int8, 0::int8, NULL::macaddr, ''
FROM cadastre_all.network_wandered WHERE realm_id = $1
