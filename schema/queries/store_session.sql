-- SPDX-License-Identifier: Apache-2.0
-- Sets up a session: names are looked up in our own schema only, times are UTC, and a merge
-- is never planned with just-in-time compilation, which costs more than it saves here.
-- Temporary tables hold what a run has to tell.
SELECT set_config('search_path', 'cadastre, pg_temp', false),
       set_config('TimeZone', 'UTC', false),
       set_config('jit', 'off', false),
       set_config('temp_buffers', '64MB', false),
       set_config('standard_conforming_strings', 'on', false),
       set_config('bytea_output', 'hex', false)
