-- SPDX-License-Identifier: Apache-2.0
-- Gives the addresses of the assets of other nodes, as far as rows of theirs are staged or filed at
-- another one than their own.
COPY (SELECT (SELECT cadastre.node_setting('batch')::int8), address, asset_id
      FROM cadastre.stage_elsewhere
      WHERE batch = (SELECT cadastre.node_setting('batch_all')::int8)
        AND NOT (SELECT cadastre.node_setting('owned')::int4multirange) @> (asset_id >> 48)::int4)
TO STDOUT (FORMAT binary)
