-- SPDX-License-Identifier: Apache-2.0
-- Adds the newest rows to the indexes by run, which know of whole ranges only, and tells whether
-- facts have gathered so many dead rows that sweeping pays. A private server is seldom up when its
-- own sweeper would come. asset_seen does not count: its pages have room, and reuse it by themselves.
SELECT coalesce(sum(brin_summarize_new_values(c.oid)), 0),
       EXISTS (
           SELECT FROM pg_stat_user_tables
           WHERE schemaname = 'cadastre' AND relname <> 'asset_seen'
             AND n_dead_tup > 10000 + n_live_tup / 100)
FROM pg_class c
JOIN pg_am m ON m.oid = c.relam AND m.amname = 'brin'
WHERE c.relnamespace = 'cadastre'::regnamespace AND c.relkind = 'i'
