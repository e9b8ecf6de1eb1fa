-- SPDX-License-Identifier: Apache-2.0
-- How many assets lie here.
SELECT count(*) FROM cadastre.asset
