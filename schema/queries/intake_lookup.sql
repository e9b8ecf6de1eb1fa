-- SPDX-License-Identifier: Apache-2.0
-- Of many rows few may differ. Where their number is known, the planner may look them up one by one,
-- until the next bulk step: they stand in the order of the key.
SELECT set_config('enable_nestloop', 'on', true), set_config('random_page_cost', '1.1', true)
