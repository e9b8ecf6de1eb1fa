-- SPDX-License-Identifier: Apache-2.0
-- Gives the addresses that assets of a node lost in a run.
COPY (SELECT (SELECT cadastre.node_setting('batch_all')::int8), a.asset_id, a.address,
             EXISTS (SELECT FROM cadastre.stage_identity i WHERE i.address = a.address
                         AND i.batch = (SELECT cadastre.node_setting('batch')::int8))
             OR EXISTS (SELECT FROM cadastre.stage_elsewhere e WHERE e.address = a.address
                         AND e.batch = (SELECT cadastre.node_setting('batch')::int8))
      FROM cadastre.address a
      WHERE a.until_run = (SELECT cadastre.node_setting('run')::int8)
        AND a.realm_id = (SELECT cadastre.node_setting('realm')::int4)
        AND NOT EXISTS (
            SELECT FROM cadastre.address o
            WHERE o.asset_id = a.asset_id AND o.address = a.address AND o.until_run IS NULL))
TO STDOUT (FORMAT binary)
