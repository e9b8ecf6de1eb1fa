-- SPDX-License-Identifier: Apache-2.0
-- Whether one plan serves every parameter from here on, or each question is planned for its own.
-- $1::bool : one plan
SELECT set_config('plan_cache_mode', CASE WHEN $1 THEN 'force_generic_plan' ELSE 'auto' END, false)
