-- SPDX-License-Identifier: Apache-2.0
-- Forgets what a bundle says was looked at: its scan was stopped, and nothing is concluded from it.
-- $1::int8 : batch
DELETE FROM stage_coverage WHERE batch = $1
