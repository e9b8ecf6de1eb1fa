-- SPDX-License-Identifier: Apache-2.0
-- Of systems that are gone nothing stands.
-- $1::int4 : realm
DELETE FROM norm_graph g WHERE g.realm_id = $1 AND NOT EXISTS (SELECT FROM system s
    WHERE s.realm_id = $1 AND s.id = g.system AND s.until_import IS NULL
        AND s.lifecycle <> 'retired')
