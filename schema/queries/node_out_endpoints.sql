-- SPDX-License-Identifier: Apache-2.0
-- Gives by which MACs the addresses of a node's assets were met; what else was met goes with what was
-- decided of them.
COPY (SELECT (SELECT cadastre.node_setting('batch')::int8), e.address, e.mac, e.up, e.makes, e.method, e.ports, e.sum_all,
             e.sum_greeted, e.partial, e.spoke, false
      FROM cadastre.stage_endpoint e
      JOIN cadastre.stage_identity i ON i.batch = e.batch AND i.address = e.address
      WHERE e.mac IS NOT NULL AND e.batch = (SELECT cadastre.node_setting('batch_all')::int8)
        AND (SELECT cadastre.node_setting('owned')::int4multirange) @> (i.asset_id >> 48)::int4)
TO STDOUT (FORMAT binary)
