-- SPDX-License-Identifier: Apache-2.0
-- Tells the planner about facts after many were added.
ANALYZE cadastre.fact, cadastre.name, cadastre.identity_key, cadastre.hop, cadastre.link, cadastre.asset
