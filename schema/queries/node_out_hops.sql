-- SPDX-License-Identifier: Apache-2.0
-- Gives the paths that hold or held until this run.
COPY (SELECT asset_id, address, vantage, distance, realm_id, peer_asset_id, peer_address, from_run,
             until_run, method
      FROM cadastre.hop
      WHERE until_run IS NULL OR until_run = (SELECT cadastre.node_setting('run')::int8))
TO STDOUT (FORMAT binary)
