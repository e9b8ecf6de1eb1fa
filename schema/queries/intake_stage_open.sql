-- SPDX-License-Identifier: Apache-2.0
-- Begins staging a batch.
-- $1::int8 : batch
SELECT stage_open($1)
