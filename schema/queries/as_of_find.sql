-- SPDX-License-Identifier: Apache-2.0
-- What was known at a time: the newest run and the newest import that were filed by then.
-- Kept: few rows.
-- $1::timestamptz : known time; NULL: now
SELECT coalesce((SELECT max(run_id) FROM run WHERE $1 IS NULL OR filed <= $1), 0),
    coalesce((SELECT max(id) FROM register_import WHERE $1 IS NULL OR imported <= $1), 0)
