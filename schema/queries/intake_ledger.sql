-- SPDX-License-Identifier: Apache-2.0
-- Whether a bundle was taken before, and whether it was whole then.
-- $1::text : bundle
SELECT l.run_id, r.outcome = 'complete'
FROM batch_ledger l
JOIN run r USING (run_id)
WHERE l.bundle_id = $1
