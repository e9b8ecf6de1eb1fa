-- SPDX-License-Identifier: Apache-2.0
-- Says which range the next copy is about, until the end of the transaction.
-- $1::text : first bucket
-- $2::text : last bucket
SELECT set_config('cadastre.first_bucket', $1, true), set_config('cadastre.last_bucket', $2, true)
