-- SPDX-License-Identifier: Apache-2.0
-- The open addresses of a realm at all nodes, fetched once for the decision, which names them by the
-- table's name.
-- $1::int4 : realm
CREATE TEMPORARY TABLE address ON COMMIT DROP AS
SELECT * FROM cadastre_all.address WHERE realm_id = $1 AND until_run IS NULL
