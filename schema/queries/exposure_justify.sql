-- SPDX-License-Identifier: Apache-2.0
-- Enters a justification in the ledger.
-- $1::int4 : realm
-- $2::inet : prefix
-- $3::int2 : transport; 0: any
-- $4::text : ports as a multirange; "{}": any
-- $5::text : reason
-- $6::text : approver
-- $7::text : document
-- $8::text : author
-- $9::timestamptz : expires
INSERT INTO exposure_justification
    (realm_id, prefix, transport, ports, reason, approver, document, author, expires)
VALUES ($1, $2, $3, $4::int4multirange, $5, $6, $7, $8, $9)
RETURNING id
