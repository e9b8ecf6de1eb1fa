-- SPDX-License-Identifier: Apache-2.0
-- Makes the views that read what is kept anew over it, from their own definitions, and keeps of those what
-- is attested of assets and whose they are, which others read again. From here on names mean these.
DO $$
DECLARE
    item record;
    body text;
    path text := current_setting('search_path');
    kept text := 'pg_temp, ' || path;
BEGIN
    -- Of few rows the planner learns enough.
    PERFORM set_config('default_statistics_target', '10', true);
    ANALYZE pg_temp.address (asset_id, address, realm_id, until_run);
    ANALYZE pg_temp.asset (asset_id, realm_id, state, merged_into);
    FOR item IN
        WITH RECURSIVE reads AS (
            SELECT DISTINCT w.ev_class AS oid, d.refobjid AS read
            FROM pg_class c
            JOIN pg_rewrite w ON w.ev_class = c.oid
            JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> w.ev_class
            WHERE c.relnamespace = 'cadastre_as_of'::regnamespace
        ), depth (oid, level) AS (
            SELECT v.oid, 0 FROM pg_class t JOIN pg_class v ON v.relname = t.relname
            WHERE t.relnamespace = pg_my_temp_schema() AND t.relkind = 'r'
                AND v.relnamespace = 'cadastre_as_of'::regnamespace
            UNION
            SELECT r.oid, d.level + 1 FROM depth d JOIN reads r ON r.read = d.oid
        )
        SELECT c.oid, c.relname AS name FROM depth d JOIN pg_class c USING (oid)
        GROUP BY c.oid, c.relname HAVING min(d.level) > 0 ORDER BY max(d.level), c.relname
    LOOP
        -- Names as they are found now are looked up anew, first among what is kept.
        PERFORM set_config('search_path', path, true);
        body := pg_get_viewdef(item.oid);
        PERFORM set_config('search_path', kept, true);
        IF item.name IN ('asset_attested', 'asset_system') THEN
            EXECUTE format('CREATE TEMPORARY TABLE %I ON COMMIT DROP AS %s', item.name, body);
            EXECUTE format('ANALYZE pg_temp.%I', item.name);
        ELSE
            EXECUTE format('CREATE TEMPORARY VIEW %I AS %s', item.name, body);
        END IF;
    END LOOP;
    PERFORM set_config('search_path', kept, true);
END $$
