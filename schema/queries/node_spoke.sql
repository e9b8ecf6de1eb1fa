-- SPDX-License-Identifier: Apache-2.0
-- A place for addresses of which a service was recognised.
CREATE TEMPORARY TABLE node_spoke (batch int8 NOT NULL, address inet NOT NULL) ON COMMIT DROP
