-- SPDX-License-Identifier: Apache-2.0
-- Notes on a run that it is late.
-- $1::int8 : run
UPDATE run SET late = true WHERE run_id = $1
