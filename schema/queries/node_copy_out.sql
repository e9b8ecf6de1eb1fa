-- SPDX-License-Identifier: Apache-2.0
-- Gives the rows of the chosen range.
COPY (SELECT tab, line FROM cadastre.node_rows(
        current_setting('cadastre.first_bucket')::int4,
        current_setting('cadastre.last_bucket')::int4)) TO STDOUT (FORMAT binary)
