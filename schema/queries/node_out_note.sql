-- SPDX-License-Identifier: Apache-2.0
-- Gives what is special about the addresses of a node's assets.
COPY (SELECT (SELECT cadastre.node_setting('batch')::int8), asset_id, address, attribute, value
      FROM cadastre.stage_note
      WHERE batch = (SELECT cadastre.node_setting('batch_all')::int8)
        AND (SELECT cadastre.node_setting('owned')::int4multirange) @> (asset_id >> 48)::int4)
TO STDOUT (FORMAT binary)
