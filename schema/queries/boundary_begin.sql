-- SPDX-License-Identifier: Apache-2.0
-- One program derives or decides boundaries at a time, from before it reads until it has written; held by
-- the session, since reading and writing are transactions of their own.
SELECT pg_advisory_lock(4841, 10)
