-- SPDX-License-Identifier: Apache-2.0
-- Rows of services that runs closed; the columns are those of changes_opened.sql.
-- Binary: there are many.
-- $1::bool : the net difference: not what the same runs opened and closed
-- $2::text : the runs, ids between commas. Named, so that the planner knows how few of the facts are
-- theirs
-- $3::int8 : this run goes without saying; NULL: none does
SELECT nullif(s.until_run, $3), s.asset_id, s.address, s.transport * 65536 + s.port, s.protocol, s.product, s.version,
    CASE WHEN s.exposed THEN 2 - s.internal::int4 END
FROM service s
WHERE s.until_run IS NOT NULL AND s.until_run = ANY (CAST(string_to_array($2, ',') AS int8[]))
    AND NOT ($1 AND s.from_run = ANY (CAST(string_to_array($2, ',') AS int8[])))
