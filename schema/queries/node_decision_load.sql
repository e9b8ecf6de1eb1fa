-- SPDX-License-Identifier: Apache-2.0
-- Stages what was decided of a batch.
-- $1::int8 : batch
SELECT node_decision_load($1)
