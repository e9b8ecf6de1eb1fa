-- SPDX-License-Identifier: Apache-2.0
-- Gives the identity keys of a node's addresses, staged at home.
COPY (SELECT (SELECT cadastre.node_setting('batch')::int8), s.kind, s.address, s.subject, s.attribute, s.value,
             s.source, s.grade, s.method, s.evidence, s.number
      FROM cadastre.stage_statement s
      JOIN cadastre.stage_identity i ON i.batch = s.batch AND i.address = s.address
      WHERE s.batch = (SELECT cadastre.node_setting('batch_all')::int8)
        AND (SELECT cadastre.node_setting('owned')::int4multirange) @> (i.asset_id >> 48)::int4)
TO STDOUT (FORMAT binary)
