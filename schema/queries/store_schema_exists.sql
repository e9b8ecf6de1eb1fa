-- SPDX-License-Identifier: Apache-2.0
-- Whether the database holds our schema, whether it holds one of that name at all, and how it
-- stores text.
SELECT count(*) FILTER (WHERE a.attname IN ('number', 'name', 'sha256', 'applied')) = 4,
    (SELECT count(*) > 0 FROM pg_namespace WHERE nspname = 'cadastre'),
    current_setting('server_encoding')
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relname = 'migration' AND c.relkind = 'r'
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'cadastre'
WHERE a.attnum > 0 AND NOT a.attisdropped
