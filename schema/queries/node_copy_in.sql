-- SPDX-License-Identifier: Apache-2.0
-- Takes rows from another node.
COPY pg_temp.node_incoming (tab, line) FROM STDIN (FORMAT binary)
