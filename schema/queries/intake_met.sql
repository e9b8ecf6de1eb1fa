-- SPDX-License-Identifier: Apache-2.0
-- How many assets the run met, and of how many it says something.
SELECT count(*) FILTER (WHERE outcome <> 'quiet'), count(*) FROM run_met
