-- SPDX-License-Identifier: Apache-2.0
-- Makes a realm known.
-- $1::text : its name
INSERT INTO realm (name) VALUES ($1) ON CONFLICT (name) DO NOTHING
