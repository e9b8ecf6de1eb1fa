-- SPDX-License-Identifier: Apache-2.0
-- Adds a node, which owns nothing yet.
-- $1::text : name
INSERT INTO node (name) VALUES ($1)
