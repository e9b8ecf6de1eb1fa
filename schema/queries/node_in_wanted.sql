-- SPDX-License-Identifier: Apache-2.0
-- Takes them.
COPY cadastre.stage_wanted (batch, address) FROM STDIN (FORMAT binary)
