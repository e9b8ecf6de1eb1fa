-- SPDX-License-Identifier: Apache-2.0
-- Gives the addresses of which the decision asks what answered.
COPY (SELECT (SELECT cadastre.node_setting('batch')::int8), address FROM cadastre.stage_wanted
      WHERE batch = (SELECT cadastre.node_setting('batch_all')::int8)) TO STDOUT (FORMAT binary)
