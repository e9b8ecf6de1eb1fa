-- SPDX-License-Identifier: Apache-2.0
-- Notes how far a move is.
-- $1::int8 : move
-- $2::text : state
-- $3::int8 : rows
-- $4::text : digest
UPDATE node_move SET state = $2, rows_moved = $3, digest = $4,
    ended = CASE WHEN $2 IN ('done', 'given up') THEN now() END
WHERE move_id = $1
