-- SPDX-License-Identifier: Apache-2.0
-- The decision that has a number already: when, by whom, on which systems.
-- $1::text : the organisation that decides
-- $2::text : number of the decision
SELECT decided::text, official, string_agg(DISTINCT system, ', ' ORDER BY system)
FROM designation
WHERE authority = $1 AND decision_no = $2 AND valid_until IS NULL
GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 1
