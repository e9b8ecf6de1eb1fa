-- SPDX-License-Identifier: Apache-2.0
-- A notice that went out under a number, but not as the same letter: to somebody else, or another day.
-- $1::text : number
-- $2::text : from
-- $3::text : to, id
-- $4::text : to, name
-- $5::text : day
SELECT id, to_name, issued::text FROM notice
WHERE superseded IS NULL AND number = $1 AND from_name = $2
    AND (to_org <> $3 OR to_name <> $4 OR issued <> $5::date)
ORDER BY id LIMIT 1
