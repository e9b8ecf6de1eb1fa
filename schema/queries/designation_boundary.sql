-- SPDX-License-Identifier: Apache-2.0
-- A decided boundary of a system.
-- $1::int4 : realm
-- $2::text : system
-- $3::int8 : boundary
SELECT FROM boundary WHERE id = $3 AND realm_id = $1 AND system = $2 AND kind = 'decided'
