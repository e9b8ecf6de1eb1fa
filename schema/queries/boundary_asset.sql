-- SPDX-License-Identifier: Apache-2.0
-- What an asset is called, and whether it is retired.
-- $1::int8 : asset
SELECT name, state = 'retired' FROM asset WHERE asset_id = $1
