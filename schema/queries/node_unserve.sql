-- SPDX-License-Identifier: Apache-2.0
-- Shows nothing of this node.
SELECT node_unserve()
