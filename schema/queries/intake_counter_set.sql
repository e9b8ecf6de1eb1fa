-- SPDX-License-Identifier: Apache-2.0
-- Notes the newest counter given out.
-- $1::int8 : counter
UPDATE asset_counter SET last = $1
