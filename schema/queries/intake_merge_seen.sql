-- SPDX-License-Identifier: Apache-2.0
-- What the merged assets were seen from and since when, for the one that remains.
-- $1::int8 : batch
UPDATE asset a
SET seen_from = a.seen_from | m.seen_from,
    first_run = least(a.first_run, m.first_run)
FROM (SELECT s.into_id, bit_or(o.seen_from) AS seen_from, min(o.first_run) AS first_run
      FROM stage_merge s
      JOIN asset o USING (asset_id)
      WHERE s.batch = $1
      GROUP BY s.into_id) m
WHERE a.asset_id = m.into_id
