-- SPDX-License-Identifier: Apache-2.0
-- Lets other programs derive and decide again.
SELECT pg_advisory_unlock(4841, 10)
