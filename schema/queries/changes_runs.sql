-- SPDX-License-Identifier: Apache-2.0
-- Which runs count for a second moment and not for a first, in the order of their ids, and their times;
-- decisions by hand are told apart.
-- $1::timestamptz : valid time of the first moment; NULL: before everything
-- $2::int8 : the newest run that it knows
-- $3::timestamptz : valid time of the second moment
-- $4::int8 : the newest run that it knows
-- $5::int8 : only this run; NULL: any
-- $6::text : only of this realm; NULL: any
SELECT u.run_id, (extract(epoch FROM u.ended) * 1000000)::int8
FROM run u JOIN realm r USING (realm_id)
WHERE u.ended <= $3 AND u.run_id <= $4
    AND ($1 IS NULL OR u.ended > $1 OR u.run_id > $2)
    AND ($5 IS NULL OR u.run_id = $5) AND ($6 IS NULL OR r.name = $6)
    AND NOT starts_with(u.bundle_id, 'decision')
ORDER BY u.run_id
