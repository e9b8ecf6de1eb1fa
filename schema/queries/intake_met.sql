-- SPDX-License-Identifier: Apache-2.0
-- How many assets the run met.
SELECT count(*) FILTER (WHERE outcome <> 'quiet') FROM run_met
