-- SPDX-License-Identifier: Apache-2.0
-- What filing asks of the planner and of staging, so that little is read again of what did not change.

-- Services stand at few addresses each: sums by address are counted in parallel once that is known.
CREATE STATISTICS cadastre.service_places (ndistinct) ON asset_id, address FROM cadastre.service;

ALTER TABLE cadastre.stage_unsettled ADD COLUMN bare bool NOT NULL DEFAULT true;
ALTER TABLE cadastre.stage_unsettled ALTER COLUMN bare SET STATISTICS 10;
COMMENT ON COLUMN cadastre.stage_unsettled.bare IS
	'Some port answered without greeting: the sums over both differ';
