-- SPDX-License-Identifier: Apache-2.0
-- Takes them.
COPY pg_temp.stage_port (batch, address, transport, port) FROM STDIN (FORMAT binary)
