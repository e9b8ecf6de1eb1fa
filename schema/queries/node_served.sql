-- SPDX-License-Identifier: Apache-2.0
-- Whether a range of this node is shown.
-- $1::int4 : first bucket
-- $2::int4 : last bucket
SELECT to_regclass('cadastre_node.asset_' || $1::int4 || '_' || $2::int4) IS NOT NULL
