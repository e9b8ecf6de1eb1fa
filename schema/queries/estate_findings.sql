-- SPDX-License-Identifier: Apache-2.0
-- How many open points of review there are about an asset.
-- $1::text : realm; NULL: all
SELECT v.asset_id, count(*)
FROM review v JOIN realm r USING (realm_id)
WHERE v.asset_id IS NOT NULL AND ($1 IS NULL OR r.name = $1)
GROUP BY v.asset_id
