-- SPDX-License-Identifier: Apache-2.0
-- They are looked up by asset.
CREATE INDEX node_known_service ON service (asset_id)
