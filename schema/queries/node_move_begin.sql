-- SPDX-License-Identifier: Apache-2.0
-- Notes that a range is about to move.
-- $1::int4 : first bucket
-- $2::int4 : last bucket
-- $3::text : from
-- $4::text : to
INSERT INTO node_move (first_bucket, last_bucket, source, target, state)
VALUES ($1, $2, $3, $4, 'copying') RETURNING move_id
