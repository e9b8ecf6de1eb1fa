-- SPDX-License-Identifier: Apache-2.0
-- What the graph answers otherwise than it did.
CREATE TEMPORARY TABLE identify_answer (
    system text COLLATE "C", answers bytea) ON COMMIT DROP
