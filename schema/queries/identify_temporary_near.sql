-- SPDX-License-Identifier: Apache-2.0
-- Systems whose dependencies are needed to judge those that are chosen.
CREATE TEMPORARY TABLE identify_near (system text COLLATE "C" PRIMARY KEY) ON COMMIT DROP
