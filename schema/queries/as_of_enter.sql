-- SPDX-License-Identifier: Apache-2.0
-- From here on questions are about another time. An error if the views of other times are missing.
-- Kept: few rows.
-- $1::timestamptz : valid time
-- $2::timestamptz : known time
-- $3::int8 : newest run known
-- $4::int8 : newest import known
SELECT CAST('cadastre_as_of' AS regnamespace),
    set_config('search_path', CASE WHEN to_regnamespace('cadastre_all') IS NULL
        THEN 'cadastre_as_of, cadastre, pg_temp'
        ELSE 'cadastre_as_of, cadastre_all, cadastre, pg_temp' END, false),
    set_config('cadastre.as_of', CAST($1 AS text), false),
    set_config('cadastre.known_at', CAST($2 AS text), false),
    set_config('cadastre.known_run', CAST($3 AS text), false),
    set_config('cadastre.known_import', CAST($4 AS text), false),
    set_config('cadastre.runs', CAST(cadastre.runs_at($1, $3) AS text), false),
    set_config('cadastre.imports', CAST(cadastre.imports_at($1, $4) AS text), false)
