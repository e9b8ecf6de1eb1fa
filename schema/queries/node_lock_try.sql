-- SPDX-License-Identifier: Apache-2.0
-- Whether nobody changes the nodes of this database just now; held by the session.
SELECT pg_try_advisory_lock(4841, 7)
