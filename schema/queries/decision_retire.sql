-- SPDX-License-Identifier: Apache-2.0
-- Retires an asset: it stays, and nothing but a decision brings it back.
-- $1::int8 : asset
UPDATE asset SET state = 'retired' WHERE asset_id = $1
