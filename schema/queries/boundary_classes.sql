-- SPDX-License-Identifier: Apache-2.0
-- What flows of each protocol are for. The realm makes no difference.
-- $1::int4 : realm
SELECT protocol, class FROM flow_class WHERE $1 IS NOT NULL
