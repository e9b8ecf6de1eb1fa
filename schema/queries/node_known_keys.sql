-- SPDX-License-Identifier: Apache-2.0
-- The open identity keys of a realm at all nodes, in the same way.
-- $1::int4 : realm
CREATE TEMPORARY TABLE identity_key ON COMMIT DROP AS
SELECT asset_id, type, value, realm_id, shared, method, until_run
FROM cadastre_all.identity_key WHERE realm_id = $1 AND until_run IS NULL
