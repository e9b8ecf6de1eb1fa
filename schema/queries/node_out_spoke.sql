-- SPDX-License-Identifier: Apache-2.0
-- Gives the addresses of which a service was recognised.
COPY (SELECT DISTINCT (SELECT cadastre.node_setting('batch_all')::int8), address
      FROM cadastre.stage_service
      WHERE batch = (SELECT cadastre.node_setting('batch')::int8) AND protocol <> '')
TO STDOUT (FORMAT binary)
