-- SPDX-License-Identifier: Apache-2.0
-- A page of the trail.
-- $1::int8 : entries after this one
-- $2::int4 : how many at most
SELECT seq, (extract(epoch FROM "time") * 1000000)::int8, actor, what, object, detail,
       encode(hash, 'hex')
FROM audit
WHERE seq > $1
ORDER BY seq
LIMIT $2
