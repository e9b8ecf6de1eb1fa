-- SPDX-License-Identifier: Apache-2.0
-- Gives the addresses of a node's assets.
COPY (SELECT (SELECT cadastre.node_setting('batch')::int8), address, asset_id, is_new, reason, mac, up, method,
             same, bare, digests
      FROM cadastre.stage_identity
      WHERE batch = (SELECT cadastre.node_setting('batch_all')::int8)
        AND (SELECT cadastre.node_setting('owned')::int4multirange) @> (asset_id >> 48)::int4)
TO STDOUT (FORMAT binary)
