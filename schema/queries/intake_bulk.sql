-- SPDX-License-Identifier: Apache-2.0
-- For a batch of many rows the planner joins by hashing, with memory for it, until the end of the
-- transaction: staging is not indexed, and a wrong guess at its size would cost its square. Several
-- processes share a scan where that may help, since nobody else is served meanwhile by waiting for one.
SELECT set_config('enable_nestloop', 'off', true), set_config('work_mem', '128MB', true),
       set_config('random_page_cost', reset_val, true),
       set_config('parallel_tuple_cost', '0.01', true), set_config('parallel_setup_cost', '100', true)
FROM pg_settings
WHERE name = 'random_page_cost'
