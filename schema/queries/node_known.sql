-- SPDX-License-Identifier: Apache-2.0
-- The decision reads what was fetched, then the rows of all nodes.
SELECT set_config('search_path', 'pg_temp, cadastre_all, cadastre', false)
