-- SPDX-License-Identifier: Apache-2.0
-- Takes part while the nodes are not being changed; held by the session.
SELECT pg_advisory_lock_shared(4841, 7)
