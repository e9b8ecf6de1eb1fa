-- SPDX-License-Identifier: Apache-2.0
-- Whether any run of the vantage is newer than the one about to be filed: only then can it be late.
-- $1::int4 : realm
-- $2::text : vantage
-- $3::timestamptz : time of its newest observation
SELECT EXISTS (
    SELECT FROM run JOIN batch_ledger USING (run_id)
    WHERE realm_id = $1 AND vantage = $2 AND ended > $3)
