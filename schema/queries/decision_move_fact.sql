-- SPDX-License-Identifier: Apache-2.0
-- Moves statements from one asset to another: they end there and go on here. Whether an asset is
-- quiet or retired is its own and does not move.
-- $1::int8 : from this asset
-- $2::int8 : to this one
-- $3::int8 : run of the decision
-- $4::text : only of these addresses, with spaces between; NULL: all
WITH moved AS (
    UPDATE fact
    SET until_run = $3
    WHERE asset_id = $1 AND until_run IS NULL
      AND NOT (subject = '' AND attribute = 'state')
      AND ($4::text IS NULL
           OR split_part(subject, ' ', 1) IN (
               SELECT place_text(a) FROM unnest(string_to_array($4, ' ')::inet[]) a))
    RETURNING *
)
INSERT INTO fact
	(asset_id, subject, attribute, source, value, realm_id, grade, method, evidence, from_run)
SELECT $2, subject, attribute, source, value, realm_id, grade, method, evidence, $3
FROM moved
ON CONFLICT DO NOTHING
