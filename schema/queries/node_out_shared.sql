-- SPDX-License-Identifier: Apache-2.0
-- Gives identity keys that are shared: found so now, or known to be at some node.
COPY (SELECT (SELECT cadastre.node_setting('batch')::int8), type, value, reason
      FROM cadastre.stage_shared WHERE batch = (SELECT cadastre.node_setting('batch_all')::int8))
TO STDOUT (FORMAT binary)
