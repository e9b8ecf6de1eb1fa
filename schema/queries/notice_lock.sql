-- SPDX-License-Identifier: Apache-2.0
-- One program changes notices at a time; released at the end of the transaction.
SELECT pg_advisory_xact_lock(4841, 12)
