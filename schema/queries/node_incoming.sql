-- SPDX-License-Identifier: Apache-2.0
-- A place for rows on their way in.
CREATE TEMPORARY TABLE node_incoming (tab text NOT NULL, line text NOT NULL) ON COMMIT DROP
