-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_statement (batch, kind, address, subject, attribute, value, source, grade, method,
	evidence, number)
FROM STDIN (FORMAT binary)
