-- SPDX-License-Identifier: Apache-2.0
-- Drops what was staged of stations without an address.
-- $1::int8 : batch
WITH told AS (DELETE FROM stage_statement WHERE batch = $1 AND place_is_mac(address))
DELETE FROM stage_endpoint WHERE batch = $1 AND place_is_mac(address)
