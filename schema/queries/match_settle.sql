-- SPDX-License-Identifier: Apache-2.0
-- What is compared stays whose it is, unless its asset was found to be the one that it was given to or it is taken
-- apart: what could be one and is not proved to be is proposed, and nothing of it is filed. Whoever is joined
-- is joined once, and nothing is joined with him: there are no chains.
-- $1::int8 : batch
DELETE FROM stage_identity i
USING match_own o
WHERE i.batch = $1 AND i.address = o.address AND i.asset_id <> o.asset_id
  AND NOT EXISTS (
      SELECT FROM stage_merge m
      WHERE m.batch = $1 AND m.asset_id = o.asset_id AND m.into_id = i.asset_id)
  AND NOT EXISTS (SELECT FROM stage_split s WHERE s.batch = $1 AND s.address = i.address)
