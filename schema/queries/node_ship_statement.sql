-- SPDX-License-Identifier: Apache-2.0
-- Gives what was staged here of addresses whose asset is another node's.
COPY (SELECT s.batch, s.kind, s.address, s.subject, s.attribute, s.value, s.source, s.grade, s.method,
             s.evidence, s.number
      FROM cadastre.stage_statement s
      JOIN cadastre.stage_elsewhere e ON e.batch = s.batch AND e.address = s.address
      WHERE s.batch = (SELECT cadastre.node_setting('batch')::int8)
        AND (SELECT cadastre.node_setting('owned')::int4multirange) @> (e.asset_id >> 48)::int4)
TO STDOUT (FORMAT binary)
