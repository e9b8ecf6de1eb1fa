-- SPDX-License-Identifier: Apache-2.0
-- One register is taken at a time; released at the end of the transaction.
SELECT pg_advisory_xact_lock(4841, 13)
