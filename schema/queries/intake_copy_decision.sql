-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_decision (batch, kind, asset_id, other_asset_id, keys, score, reason)
FROM STDIN (FORMAT binary)
