-- SPDX-License-Identifier: Apache-2.0
-- Gives what proves it.
COPY (SELECT v.batch, v.sha256, v.kind, v.bytes
      FROM cadastre.stage_evidence v
      WHERE v.batch = (SELECT cadastre.node_setting('batch')::int8)
        AND v.sha256 IN (
            SELECT s.evidence
            FROM (SELECT batch, address, evidence FROM cadastre.stage_service
                  UNION ALL SELECT batch, address, evidence FROM cadastre.stage_port
                  UNION ALL SELECT batch, address, evidence FROM cadastre.stage_statement) s
            JOIN cadastre.stage_elsewhere e ON e.batch = s.batch AND e.address = s.address
            WHERE s.batch = v.batch
              AND (SELECT cadastre.node_setting('owned')::int4multirange) @> (e.asset_id >> 48)::int4))
TO STDOUT (FORMAT binary)
