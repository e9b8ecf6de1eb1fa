-- SPDX-License-Identifier: Apache-2.0
-- The nodes may be changed again.
SELECT pg_advisory_unlock_shared(4841, 7)
