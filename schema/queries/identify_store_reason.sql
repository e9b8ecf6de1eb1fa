-- SPDX-License-Identifier: Apache-2.0
-- Keeps the reason that one criterion gave to a proposal.
-- $1::int8 : the proposal
-- $2::int4 : place of the criterion in its pack
-- $3::text : criterion
-- $4::text : verdict
-- $5::text : reason
INSERT INTO criterion_result (eval_id, place, criterion, verdict, reason)
VALUES ($1, $2, $3, $4, $5)
