-- SPDX-License-Identifier: Apache-2.0
-- Gives the addresses that leave an asset in which another node has a part.
COPY (SELECT (SELECT cadastre.node_setting('batch')::int8), asset_id, address, into_id, is_new, keys,
             reason
      FROM cadastre.stage_split
      WHERE batch = (SELECT cadastre.node_setting('batch_all')::int8)
        AND NOT ((SELECT cadastre.node_setting('owned')::int4multirange) @> (asset_id >> 48)::int4
                 AND (SELECT cadastre.node_setting('owned')::int4multirange) @> (into_id >> 48)::int4))
TO STDOUT (FORMAT binary)
