-- SPDX-License-Identifier: Apache-2.0
-- Sweeps the facts; what another one is at work on is left to the next time.
VACUUM (SKIP_LOCKED) cadastre.service, cadastre.address, cadastre.name, cadastre.identity_key,
	cadastre.fact, cadastre.link, cadastre.hop, cadastre.asset, cadastre.asset_seen
