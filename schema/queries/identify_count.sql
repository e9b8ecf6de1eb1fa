-- SPDX-License-Identifier: Apache-2.0
-- How many subjects of a unit there are to be judged.
-- $1::text : unit
SELECT CASE $1
    WHEN 'system' THEN (SELECT count(*) FROM system WHERE until_import IS NULL AND NOT external
        AND lifecycle <> 'retired')
    WHEN 'organisation' THEN (SELECT count(*) FROM organisation WHERE until_import IS NULL)
    WHEN 'zone' THEN (SELECT count(*) FROM zone WHERE until_import IS NULL)
    ELSE (SELECT count(*) FROM subnet WHERE until_import IS NULL) END
