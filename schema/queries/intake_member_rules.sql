-- SPDX-License-Identifier: Apache-2.0
-- Whether there are rules by which assets are a system's, or assets that are one's.
SELECT EXISTS (SELECT FROM system_rule WHERE until_import IS NULL) OR EXISTS (SELECT FROM asset_member)
