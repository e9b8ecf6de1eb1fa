-- SPDX-License-Identifier: Apache-2.0
-- Marks a decision as undone.
-- $1::int8 : decision
-- $2::timestamptz : when
-- $3::text : by whom
-- $4::text : why
UPDATE asset_decision
SET undone = $2, undone_by = $3, undone_reason = $4
WHERE decision_id = $1 AND undone IS NULL
