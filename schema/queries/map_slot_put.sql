-- SPDX-License-Identifier: Apache-2.0
-- Keeps where a sheet has everything. Unchanged places stay as they are.
-- $1::text : realm
-- $2::text : map
-- $3::bytea : places
INSERT INTO map_slot AS kept (realm_id, map, places)
SELECT realm_id, $2, $3 FROM realm WHERE name = $1
ON CONFLICT (realm_id, map) DO UPDATE SET places = excluded.places, drawn = now()
WHERE kept.places <> excluded.places
