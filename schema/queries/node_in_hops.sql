-- SPDX-License-Identifier: Apache-2.0
-- Takes them.
COPY cadastre.hop (asset_id, address, vantage, distance, realm_id, peer_asset_id, peer_address, from_run,
	until_run, method) FROM STDIN (FORMAT binary)
