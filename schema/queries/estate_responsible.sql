-- SPDX-License-Identifier: Apache-2.0
-- Who operates an asset; of one for which nobody is said to, who manages it.
-- $1::text : realm; NULL: all
SELECT x.asset_id, coalesce(
    string_agg(coalesce(nullif(x.organisation_name, ''), x.organisation), '; '
        ORDER BY coalesce(nullif(x.organisation_name, ''), x.organisation) COLLATE "C")
        FILTER (WHERE x.duty = 'operates'),
    string_agg(coalesce(nullif(x.organisation_name, ''), x.organisation), '; '
        ORDER BY coalesce(nullif(x.organisation_name, ''), x.organisation) COLLATE "C"))
FROM asset_responsible x JOIN realm r USING (realm_id)
WHERE x.duty IN ('operates', 'manages') AND ($1 IS NULL OR r.name = $1)
GROUP BY x.asset_id
