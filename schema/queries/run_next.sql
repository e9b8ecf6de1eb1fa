-- SPDX-License-Identifier: Apache-2.0
-- The number of the run that is about to be filed, and how many nodes the register has now.
SELECT coalesce(max(run_id), 0) + 1, (SELECT count(*) FROM node WHERE name <> 'home') FROM run
