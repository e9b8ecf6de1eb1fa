-- SPDX-License-Identifier: Apache-2.0
-- Tells the planner about services after many were added.
ANALYZE cadastre.service, cadastre.address
