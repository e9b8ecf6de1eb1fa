-- SPDX-License-Identifier: Apache-2.0
-- Makes an empty database a node of a register.
-- $1::text : register
-- $2::text : name
UPDATE node_self SET register = $1, name = $2, built = NULL
