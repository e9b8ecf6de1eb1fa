-- SPDX-License-Identifier: Apache-2.0
-- Whether anything changed of which the graph of systems is made.
-- $1::int4 : realm
-- $2::int8 : imports after this one
-- $3::int8 : entries of the list after this one
-- $4::timestamptz : and those that began or ended after this
-- $5::bool : packs sum what systems bring
SELECT EXISTS (SELECT FROM graph_changed($1, $2, $4, $3, $5))
