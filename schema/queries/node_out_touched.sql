-- SPDX-License-Identifier: Apache-2.0
-- Gives the assets of a node whose facts a run changed.
COPY (SELECT (SELECT cadastre.node_setting('batch_all')::int8), asset_id FROM cadastre.stage_touched
      WHERE batch = (SELECT cadastre.node_setting('batch')::int8)) TO STDOUT (FORMAT binary)
