-- SPDX-License-Identifier: Apache-2.0
-- What a merged asset was seen from and since when, for the one that remains.
-- $1::int8 : the asset that becomes an alias
-- $2::int8 : the asset that it is merged into
UPDATE asset b
SET seen_from = a.seen_from | b.seen_from,
    first_run = least(a.first_run, b.first_run),
    last_run = greatest(a.last_run, b.last_run),
    state = CASE WHEN b.state = 'quiet' AND a.state = 'seen' THEN 'seen' ELSE b.state END
FROM asset a
WHERE a.asset_id = $1 AND b.asset_id = $2
