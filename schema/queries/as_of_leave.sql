-- SPDX-License-Identifier: Apache-2.0
-- From here on questions are about now again.
SELECT set_config('search_path', 'cadastre, pg_temp', false)
