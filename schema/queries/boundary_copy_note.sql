-- SPDX-License-Identifier: Apache-2.0
-- Takes notes of a boundary.
COPY cadastre.boundary_note (boundary_id, place, what, asset_id, system, protocol, transport, port,
    conduit, peers, seen, followed, words)
FROM STDIN (FORMAT binary)
