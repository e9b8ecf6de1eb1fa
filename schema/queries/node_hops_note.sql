-- SPDX-License-Identifier: Apache-2.0
-- Notes which state of them is copied here.
-- $1::text : state
UPDATE node_self SET hops = $1
