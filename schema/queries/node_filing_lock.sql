-- SPDX-License-Identifier: Apache-2.0
-- One batch is filed at a time; held by the session over several transactions.
SELECT pg_advisory_lock(4841, 4)
