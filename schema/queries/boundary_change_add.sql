-- SPDX-License-Identifier: Apache-2.0
-- Keeps what an official added or removed.
-- $1::int8 : the decided boundary
-- $2::int4 : place
-- $3::text : add or remove
-- $4::int8 : asset
-- $5::text : its name
-- $6::text : reason
INSERT INTO boundary_change (boundary_id, place, act, asset_id, name, reason)
VALUES ($1, $2, $3, $4, $5, $6)
