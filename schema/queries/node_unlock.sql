-- SPDX-License-Identifier: Apache-2.0
-- Others may change the nodes.
SELECT pg_advisory_unlock(4841, 7)
