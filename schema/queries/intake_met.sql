-- SPDX-License-Identifier: Apache-2.0
-- How many assets the run met.
-- $1::int8 : run
SELECT count(*) FILTER (WHERE outcome <> 'quiet') FROM asset_run WHERE run_id = $1
