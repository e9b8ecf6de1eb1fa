-- SPDX-License-Identifier: Apache-2.0
-- One program changes the nodes at a time; held by the session.
SELECT pg_advisory_lock(4841, 7)
