-- SPDX-License-Identifier: Apache-2.0
-- Whether the register holds what a file refers to.
-- $1::int4 : realm
-- $2::text : table
-- $3::text : id
SELECT CASE $2
    WHEN 'organisation' THEN EXISTS (SELECT FROM organisation
        WHERE realm_id = $1 AND id = $3 AND until_import IS NULL)
    WHEN 'business' THEN EXISTS (SELECT FROM business
        WHERE realm_id = $1 AND id = $3 AND until_import IS NULL)
    WHEN 'zone' THEN EXISTS (SELECT FROM zone
        WHERE realm_id = $1 AND id = $3 AND until_import IS NULL)
    WHEN 'facility' THEN EXISTS (SELECT FROM facility
        WHERE realm_id = $1 AND id = $3 AND until_import IS NULL)
    WHEN 'position' THEN EXISTS (SELECT FROM position
        WHERE realm_id = $1 AND id = $3 AND until_import IS NULL)
    ELSE EXISTS (SELECT FROM system
        WHERE realm_id = $1 AND id = $3 AND until_import IS NULL)
END
