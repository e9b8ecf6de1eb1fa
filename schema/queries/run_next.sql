-- SPDX-License-Identifier: Apache-2.0
-- The number of the run that is about to be filed.
SELECT coalesce(max(run_id), 0) + 1 FROM run
