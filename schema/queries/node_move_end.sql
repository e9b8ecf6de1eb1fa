-- SPDX-License-Identifier: Apache-2.0
-- Notes that nothing of a move is left at the node that gave.
-- $1::int8 : move
-- $2::text : state
UPDATE node_move SET state = $2, ended = now() WHERE move_id = $1
