-- SPDX-License-Identifier: Apache-2.0
-- Gives the run that is being filed.
COPY (SELECT 'run', r::text FROM cadastre.run r
      WHERE run_id = (SELECT cadastre.node_setting('run')::int8)) TO STDOUT (FORMAT binary)
