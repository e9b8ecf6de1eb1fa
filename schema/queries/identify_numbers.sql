-- SPDX-License-Identifier: Apache-2.0
-- Numbers for proposals to come.
-- $1::int4 : how many
SELECT nextval(pg_get_serial_sequence('cadastre.norm_eval', 'id'))
FROM generate_series(1, $1)
