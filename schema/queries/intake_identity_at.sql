-- SPDX-License-Identifier: Apache-2.0
-- Whose the addresses of the batch are now: an asset that has the address, or the one that a station
-- without an address is. `same`: the address is filed as it was met, and nothing of it would be filed anew.
-- $1::int4 : realm
CREATE TEMPORARY TABLE identity_at ON COMMIT DROP AS
SELECT e.address, e.mac, e.up, e.makes, e.method, e.bare, e.digests,
       coalesce(a.asset_id, n.asset_id) AS asset_id, a.asset_id IS NOT NULL AS has,
       a.grade <> 'claimed' AND (e.mac IS NULL OR e.mac IS NOT DISTINCT FROM a.mac) AS same
FROM identity_met e
LEFT JOIN address a ON a.address = e.address AND a.realm_id = $1 AND a.until_run IS NULL
LEFT JOIN identity_station n ON n.address = e.address
