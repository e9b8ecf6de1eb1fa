-- SPDX-License-Identifier: Apache-2.0
-- How much the register holds: assets that are no aliases, open services, runs, bytes.
SELECT (SELECT count(*) FROM asset WHERE merged_into IS NULL),
       (SELECT count(*) FROM service WHERE until_run IS NULL),
       (SELECT count(*) FROM run),
       pg_database_size(current_database())
