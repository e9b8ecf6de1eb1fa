-- SPDX-License-Identifier: Apache-2.0
-- Keeps the addresses that assets had.
CREATE TEMPORARY TABLE address ON COMMIT DROP AS
SELECT * FROM cadastre_as_of.address
