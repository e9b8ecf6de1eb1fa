-- SPDX-License-Identifier: Apache-2.0
-- Which addresses show which keys, in the same way.
-- $1::int4 : realm
CREATE TEMPORARY TABLE key_sighting ON COMMIT DROP AS
SELECT asset_id, address, type, value, source, until_run
FROM cadastre_all.key_sighting WHERE realm_id = $1 AND until_run IS NULL
