-- SPDX-License-Identifier: Apache-2.0
-- Members of a boundary, in its order; the asset that each turned out to be.
-- $1::int8 : boundary
SELECT m.asset_id, m.name, m.role, m.why, m.system, m.via_asset_id, m.protocol, m.transport, m.port,
    coalesce((extract(epoch FROM m.seen) * 1000000)::int8, 0), m.run_id, m.conduit, m.observed, m.reason,
    coalesce(a.merged_into, m.asset_id),
    coalesce((SELECT string_agg(host(d.address), ' ' ORDER BY d.address) FROM address d
        WHERE d.asset_id = coalesce(a.merged_into, m.asset_id) AND d.until_run IS NULL), '')
FROM boundary_member m LEFT JOIN asset a USING (asset_id)
WHERE m.boundary_id = $1
ORDER BY m.place
