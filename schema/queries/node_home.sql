-- SPDX-License-Identifier: Apache-2.0
-- Statements mean this database's own tables from here on.
SELECT set_config('search_path', 'cadastre, pg_temp', false)
