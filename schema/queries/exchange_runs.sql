-- SPDX-License-Identifier: Apache-2.0
-- The runs of a realm, to which facts refer by number; in the order of filing, a part at a
-- time.
-- $1::int4 : realm
-- $2::timestamptz : as of; NULL: now
-- $3::int8 : after this run
-- $4::int4 : at most so many
SELECT n.run_id, n.vantage, n.tool,
    CASE WHEN n.outcome = 'complete' AND EXISTS (
        SELECT FROM run_counter c WHERE c.run_id = n.run_id AND c.name = 'stopped' AND c.value > 0)
    THEN 'stopped' ELSE n.outcome END,
    (extract(epoch FROM n.started) * 1000000)::int8,
    (extract(epoch FROM n.ended) * 1000000)::int8, n.taken, n.refused_scope + n.refused_invalid
FROM run n
WHERE n.realm_id = $1 AND n.run_id > $3 AND ($2 IS NULL OR n.ended <= $2)
ORDER BY n.run_id
LIMIT $4
