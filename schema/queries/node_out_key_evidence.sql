-- SPDX-License-Identifier: Apache-2.0
-- Gives what proves the identity keys of a node's addresses.
COPY (SELECT (SELECT cadastre.node_setting('batch')::int8), e.sha256, e.kind, e.bytes
      FROM cadastre.stage_evidence e
      WHERE e.batch = (SELECT cadastre.node_setting('batch_all')::int8)
        AND e.sha256 IN (
            SELECT s.evidence FROM cadastre.stage_statement s
            JOIN cadastre.stage_identity i ON i.batch = s.batch AND i.address = s.address
            WHERE s.batch = e.batch
              AND (SELECT cadastre.node_setting('owned')::int4multirange) @> (i.asset_id >> 48)::int4))
TO STDOUT (FORMAT binary)
