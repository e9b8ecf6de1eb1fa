-- SPDX-License-Identifier: Apache-2.0
-- Keeps them where all processes of a plan can read them, in the order in which services stand.
-- $1::int8 : batch
INSERT INTO stage_unsettled (batch, asset_id, address, owes, held, bare)
SELECT $1, asset_id, address, owes, held, bare FROM service_sums
ORDER BY asset_id, address
