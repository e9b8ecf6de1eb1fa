-- SPDX-License-Identifier: Apache-2.0
-- Most addresses are said once in staging, and whoever stages knows of which that holds: those need not be
-- added up.

ALTER TABLE cadastre.stage_endpoint ADD COLUMN alone bool NOT NULL DEFAULT false;
ALTER TABLE cadastre.stage_endpoint ALTER COLUMN alone SET STATISTICS 10;
COMMENT ON COLUMN cadastre.stage_endpoint.alone IS
	'No other row of the batch that has this mark is of the same address';
