-- SPDX-License-Identifier: Apache-2.0
-- The addresses of a batch whose rows may be staged at another node than their asset's.
-- $1::int8 : batch
SELECT address, (asset_id >> 48)::int4 FROM stage_elsewhere WHERE batch = $1
