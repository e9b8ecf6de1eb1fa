-- SPDX-License-Identifier: Apache-2.0
-- The newest migration that was applied.
SELECT coalesce(max(number), 0) FROM cadastre.migration
