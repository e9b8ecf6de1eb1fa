-- SPDX-License-Identifier: Apache-2.0
-- The notice of a kind that tells of a decision.
-- $1::int8 : decision
-- $2::text : kind
SELECT id, state, coalesce(issued::text, ''), number FROM notice_current
WHERE designation_id = $1 AND kind = $2 ORDER BY id LIMIT 1
