-- SPDX-License-Identifier: Apache-2.0
-- Moves paths to an asset, and its place on the paths of others: they end and go on.
-- $1::int8 : from this asset
-- $2::int8 : to this one
-- $3::int8 : run of the decision
-- $4::text : only of these addresses, with spaces between; NULL: all
WITH moved AS (
    UPDATE hop
    SET until_run = $3
    WHERE until_run IS NULL
      AND ((asset_id = $1
            AND ($4::text IS NULL OR address = ANY (string_to_array($4, ' ')::inet[])))
           OR (peer_asset_id = $1
               AND ($4 IS NULL OR peer_address = ANY (string_to_array($4, ' ')::inet[]))))
    RETURNING *
)
INSERT INTO hop
	(asset_id, address, vantage, distance, realm_id, peer_asset_id, peer_address, method,
	 from_run)
SELECT CASE WHEN asset_id = $1
                AND ($4 IS NULL OR address = ANY (string_to_array($4, ' ')::inet[]))
            THEN $2 ELSE asset_id END,
       address, vantage, distance, realm_id,
       CASE WHEN peer_asset_id = $1
                AND ($4 IS NULL OR peer_address = ANY (string_to_array($4, ' ')::inet[]))
            THEN $2 ELSE peer_asset_id END,
       peer_address, method, $3
FROM moved
ON CONFLICT DO NOTHING
