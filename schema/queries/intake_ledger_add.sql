-- SPDX-License-Identifier: Apache-2.0
-- Notes that a bundle was taken, in the transaction that files it.
-- A whole bundle takes the place of one that was cut short.
-- $1::text : bundle
-- $2::int8 : run
-- $3::int8 : observations in it
INSERT INTO batch_ledger (bundle_id, run_id, observations) VALUES ($1, $2, $3)
ON CONFLICT (bundle_id) DO UPDATE
SET run_id = excluded.run_id, observations = excluded.observations, filed = now()
