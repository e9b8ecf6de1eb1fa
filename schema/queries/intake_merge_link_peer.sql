-- SPDX-License-Identifier: Apache-2.0
-- Links to merged assets end and go on to the one that remains, as intake_merge_link does it.
-- $1::int8 : batch
-- $2::int8 : run
WITH ends AS (
    UPDATE link t
    SET until_run = $2
    FROM stage_merge m
    WHERE m.batch = $1 AND t.peer_asset_id = m.asset_id AND t.until_run IS NULL
    RETURNING t.asset_id AS one, m.into_id AS two, t.*
)
INSERT INTO link
	(asset_id, layer, peer_asset_id, peer_address, source, realm_id, grade, method, detail,
	 evidence, own_end, peer_end, from_run)
SELECT CASE WHEN as_told THEN one ELSE two END, layer,
       CASE WHEN as_told THEN two ELSE one END, peer_address,
       source, realm_id, grade, method, detail, evidence,
       CASE WHEN as_told THEN own_end ELSE peer_end END,
       CASE WHEN as_told THEN peer_end ELSE own_end END, $2
FROM ends
CROSS JOIN LATERAL (SELECT layer = 'flow' OR two = 0 OR one < two AS as_told) AS o
WHERE one <> two
ON CONFLICT DO NOTHING
