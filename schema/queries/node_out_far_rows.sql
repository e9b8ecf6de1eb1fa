-- SPDX-License-Identifier: Apache-2.0
-- Gives what was open of them.
COPY (SELECT tab, line FROM cadastre.node_far_rows(
        cadastre.node_setting('batch')::int8, cadastre.node_setting('run')::int8))
TO STDOUT (FORMAT binary)
