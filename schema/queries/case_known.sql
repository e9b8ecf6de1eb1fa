-- SPDX-License-Identifier: Apache-2.0
-- What was found already against a decision, in open and closed cases.
-- $1::int8 : the decision
SELECT DISTINCT trigger, subject, after FROM case_trigger WHERE designation_id = $1
