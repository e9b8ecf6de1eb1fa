-- SPDX-License-Identifier: Apache-2.0
-- The time of the newest observation of a realm, in seconds, and its number.
-- $1::text : realm
SELECT r.realm_id, coalesce(extract(epoch FROM (SELECT max(n.ended) FROM run n
    WHERE n.realm_id = r.realm_id))::int8, 0)
FROM realm r
WHERE r.name = $1
