-- SPDX-License-Identifier: Apache-2.0
-- Records an authorisation.
-- $1::int4 : realm
-- $2::text : authoriser
-- $3::text : basis
-- $4::text : profile
-- $5::timestamptz : from
-- $6::timestamptz : until
-- $7::int8 : packets per second, 0: the profile's
INSERT INTO authorisation
	(realm_id, authoriser, basis, profile, valid_from, valid_until, rate_pps)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING authorisation_id
