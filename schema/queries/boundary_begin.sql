-- SPDX-License-Identifier: Apache-2.0
-- One program derives or decides boundaries at a time; released at the end of the transaction.
SELECT pg_advisory_xact_lock(4841, 9)
