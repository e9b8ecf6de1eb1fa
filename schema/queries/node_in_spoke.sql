-- SPDX-License-Identifier: Apache-2.0
-- Takes them.
COPY pg_temp.node_spoke (batch, address) FROM STDIN (FORMAT binary)
