-- SPDX-License-Identifier: Apache-2.0
-- Gives up the session's locks; what was staged is cleared by the next one.
SELECT pg_advisory_unlock_all()
