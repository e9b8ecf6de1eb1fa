-- SPDX-License-Identifier: Apache-2.0
-- Where the last sheet of a map had everything.
-- $1::text : realm
-- $2::text : map
SELECT places FROM map_slot JOIN realm USING (realm_id) WHERE realm.name = $1 AND map = $2
