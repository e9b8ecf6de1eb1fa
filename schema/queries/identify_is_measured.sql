-- SPDX-License-Identifier: Apache-2.0
-- Whether something changed since that tells whose the assets are, or of what is found of them.
-- $1::int4 : realm
-- $2::int8 : imports after this one
-- $3::int8 : runs after this one
-- $4::int8 : entries of the ledger of exposure after this one
-- $5::timestamptz : and those that were recorded, withdrawn or ended after this
SELECT EXISTS (SELECT FROM run WHERE realm_id = $1 AND run_id > $3)
    OR EXISTS (SELECT FROM exposure_justification WHERE realm_id = $1
        AND (id > $4 OR recorded > $5 OR withdrawn > $5 OR expires > $5 AND expires <= now()))
    OR EXISTS (SELECT FROM register_changed($1, $2, $5, 'as_of')
        WHERE relation IN ('system_rule', 'subnet', 'zone', 'conduit', 'circuit', 'asset_statement',
            'remote_maintenance'))
    -- Network devices are a network facility's before they are anybody else's.
    OR EXISTS (SELECT FROM system
        WHERE realm_id = $1 AND (from_import <= $2 AND until_import > $2
            OR from_import > $2 AND until_import IS NULL)
        GROUP BY id HAVING count(*) FILTER (WHERE kind = 'network-facility') = 1)
