-- SPDX-License-Identifier: Apache-2.0
-- Assets that were first met in a time, in order of their ids.
-- $1::text : only of this realm; NULL: any
-- $2::text : only of these, an array of ids; NULL: any
-- $3::timestamptz : from this time
-- $4::timestamptz : to this one
SELECT a.asset_id
FROM asset a
JOIN run r ON r.run_id = a.first_run
WHERE a.merged_into IS NULL AND r.ended BETWEEN $3 AND $4
    AND ($1 IS NULL OR a.realm_id = (SELECT realm_id FROM realm WHERE realm.name = $1))
    AND ($2 IS NULL OR a.asset_id = ANY (CAST($2 AS int8[])))
ORDER BY 1
