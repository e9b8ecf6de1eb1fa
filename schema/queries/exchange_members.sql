-- SPDX-License-Identifier: Apache-2.0
-- The assets of a system, as one list with commas.
-- $1::int4 : realm
-- $2::text : system; empty: of none
SELECT coalesce(string_agg(x.asset_id::text, ',' ORDER BY x.asset_id), '')
FROM (
    SELECT m.asset_id FROM asset_member m WHERE m.realm_id = $1 AND m.system = $2
    UNION ALL
    SELECT a.asset_id FROM asset a
    WHERE $2 = '' AND a.realm_id = $1 AND a.merged_into IS NULL AND NOT EXISTS (
        SELECT FROM asset_member m WHERE m.asset_id = a.asset_id)) AS x
