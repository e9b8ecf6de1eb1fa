-- SPDX-License-Identifier: Apache-2.0
-- The next batch may be filed.
SELECT pg_advisory_unlock(4841, 4)
