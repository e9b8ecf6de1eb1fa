-- SPDX-License-Identifier: Apache-2.0
-- Opens the row of a run. It is known from now on, not from when its transaction began to wait for its turn.
-- $1::int8 : run
-- $2::text : bundle
-- $3::int4 : realm
-- $4::text : vantage
-- $5::text : tool
-- $6::text : plan
-- $7::timestamptz : started
-- $8::timestamptz : ended
-- $9::text : outcome
INSERT INTO run (run_id, bundle_id, realm_id, vantage, tool, plan, started, ended, outcome,
    filed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp())
