-- SPDX-License-Identifier: Apache-2.0
-- The addresses that somebody answers for, in the same way.
-- $1::int4 : realm
CREATE TEMPORARY TABLE fact ON COMMIT DROP AS
SELECT asset_id, subject, attribute, source, until_run
FROM cadastre_all.fact
WHERE realm_id = $1 AND attribute = 'address.proxied' AND source = 'identity' AND until_run IS NULL
