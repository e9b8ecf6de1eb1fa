-- SPDX-License-Identifier: Apache-2.0
-- Moves that were cut short.
SELECT move_id, first_bucket, last_bucket, source, target, state FROM node_move
WHERE state IN ('copying', 'routed') ORDER BY move_id
