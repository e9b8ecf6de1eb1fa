-- SPDX-License-Identifier: Apache-2.0
-- The realms of the register.
SELECT realm_id, name FROM realm ORDER BY name COLLATE "C"
