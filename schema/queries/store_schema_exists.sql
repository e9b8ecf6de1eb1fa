-- SPDX-License-Identifier: Apache-2.0
-- Whether the database holds our schema, whether it holds one of that name at all, and how it
-- stores text. Every command asks it first, so it only looks up what it names.
SELECT (SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE a.attrelid = to_regclass('cadastre.migration') AND c.relkind = 'r'
            AND a.attname IN ('number', 'name', 'sha256', 'applied')) = 4,
    to_regnamespace('cadastre') IS NOT NULL, current_setting('server_encoding')
