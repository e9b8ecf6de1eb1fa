-- SPDX-License-Identifier: Apache-2.0
-- Questions read the rows of all nodes from here on.
SELECT set_config('search_path', 'cadastre_all, cadastre, pg_temp', false)
