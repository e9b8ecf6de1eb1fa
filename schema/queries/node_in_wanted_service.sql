-- SPDX-License-Identifier: Apache-2.0
-- Takes them.
COPY pg_temp.stage_service (batch, address, transport, port, protocol) FROM STDIN (FORMAT binary)
