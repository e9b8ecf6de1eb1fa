-- SPDX-License-Identifier: Apache-2.0
-- Adds a prefix to an authorisation.
-- $1::int8 : the authorisation
-- $2::cidr : the prefix
-- $3::bool : excluded
INSERT INTO authorisation_cidr (authorisation_id, cidr, excluded) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
