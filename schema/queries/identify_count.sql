-- SPDX-License-Identifier: Apache-2.0
-- How many subjects of a unit there are to be judged.
-- $1::text : unit
-- $2::int4 : only of this realm; NULL: all
SELECT CASE $1
    WHEN 'system' THEN (SELECT count(*) FROM system WHERE until_import IS NULL AND NOT external
        AND lifecycle <> 'retired' AND ($2 IS NULL OR realm_id = $2))
    WHEN 'organisation' THEN (SELECT count(*) FROM organisation WHERE until_import IS NULL
        AND ($2 IS NULL OR realm_id = $2))
    WHEN 'zone' THEN (SELECT count(*) FROM zone WHERE until_import IS NULL
        AND ($2 IS NULL OR realm_id = $2))
    ELSE (SELECT count(*) FROM subnet WHERE until_import IS NULL
        AND ($2 IS NULL OR realm_id = $2)) END
