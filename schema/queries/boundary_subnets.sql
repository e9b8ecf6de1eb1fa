-- SPDX-License-Identifier: Apache-2.0
-- Subnets of a realm with their zones.
-- $1::int4 : realm
SELECT prefix, zone FROM subnet WHERE realm_id = $1 AND until_import IS NULL
