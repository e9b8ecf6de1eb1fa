-- SPDX-License-Identifier: Apache-2.0
-- Takes members of a boundary.
COPY cadastre.boundary_member (boundary_id, place, asset_id, name, role, why, system, via_asset_id,
    protocol, transport, port, seen, run_id, conduit, observed, reason)
FROM STDIN (FORMAT binary)
