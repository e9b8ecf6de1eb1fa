-- SPDX-License-Identifier: Apache-2.0
-- Records a decision.
-- $1::int4 : realm
-- $2::text : kind
-- $3::int8 : asset
-- $4::int8 : the other asset; NULL: none
-- $5::int8 : its run; NULL: nothing moves
-- $6::text : author
-- $7::text : reason
-- $8::text : keys that were named
-- $9::int8 : the decision that it takes back; NULL: none
-- $10::timestamptz : when
-- $11::text : manual, or auto where one of the program is decided again
INSERT INTO asset_decision
	(realm_id, kind, asset_id, other_asset_id, run_id, verdict, author, reason, keys, undoes,
	 decided)
VALUES ($1, $2, $3, $4, $5, $11, $6, $7, $8, $9, $10)
RETURNING decision_id
