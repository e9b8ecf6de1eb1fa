-- SPDX-License-Identifier: Apache-2.0
-- What the decision asks of assets, in the same way.
-- $1::int4 : realm
CREATE TEMPORARY TABLE asset ON COMMIT DROP AS
SELECT asset_id, realm_id, state, merged_into FROM cadastre_all.asset WHERE realm_id = $1
