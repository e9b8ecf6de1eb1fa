-- SPDX-License-Identifier: Apache-2.0
-- From here on questions are about now again.
SELECT set_config('search_path', CASE WHEN to_regnamespace('cadastre_all') IS NULL
    THEN 'cadastre, pg_temp' ELSE 'cadastre_all, cadastre, pg_temp' END, false)
