-- SPDX-License-Identifier: Apache-2.0
-- The realm of a register, made if it is new.
-- $1::text : its name
WITH made AS (
    INSERT INTO realm (name) VALUES ($1) ON CONFLICT (name) DO NOTHING RETURNING realm_id)
SELECT realm_id FROM made UNION ALL SELECT realm_id FROM realm WHERE name = $1
