-- SPDX-License-Identifier: Apache-2.0
-- Knows what home knows.
SELECT node_take_reference()
