-- SPDX-License-Identifier: Apache-2.0
-- Files the rows that came.
SELECT node_take()
