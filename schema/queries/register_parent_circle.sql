-- SPDX-License-Identifier: Apache-2.0
-- An organisation that is above itself, if there is one.
-- $1::int4 : realm
WITH RECURSIVE up (start, id) AS (
    SELECT id, parent FROM organisation
        WHERE realm_id = $1 AND until_import IS NULL AND parent IS NOT NULL
    UNION
    SELECT up.start, o.parent FROM up JOIN organisation o
        ON o.realm_id = $1 AND o.until_import IS NULL AND o.id = up.id
        WHERE o.parent IS NOT NULL)
SELECT start FROM up WHERE start = id ORDER BY start LIMIT 1
