-- SPDX-License-Identifier: Apache-2.0
-- Withdraws an entry of the ledger.
-- $1::int8 : entry
-- $2::text : by whom
-- $3::text : reason
UPDATE exposure_justification
SET withdrawn = clock_timestamp(), withdrawn_by = $2, withdrawn_reason = $3
WHERE id = $1 AND withdrawn IS NULL
