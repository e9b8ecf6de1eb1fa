-- SPDX-License-Identifier: Apache-2.0
-- Rows of services that runs opened, as they are: how they read is told by the asker. Place: the transport
-- times 65536 and the port. Side: 1 seen from the Internet too, 2 only from there; NULL: internal.
-- Binary: there are many.
-- $1::bool : the net difference: not what the same runs opened and closed
-- $2::text : the runs, ids between commas. Named, so that the planner knows how few of the facts are
-- theirs
-- $3::bool : assets appeared with them: leave out what was found in the first run of an asset
-- $4::int8 : this run goes without saying; NULL: none does
SELECT nullif(s.from_run, $4), s.asset_id, s.address, s.transport * 65536 + s.port, s.protocol, s.product, s.version,
    CASE WHEN s.exposed THEN 2 - s.internal::int4 END
FROM service s
WHERE s.from_run = ANY (CAST(string_to_array($2, ',') AS int8[]))
    AND NOT ($1 AND s.until_run IS NOT NULL
        AND s.until_run = ANY (CAST(string_to_array($2, ',') AS int8[])))
    AND (NOT $3 OR EXISTS (SELECT FROM asset o WHERE o.asset_id = s.asset_id
        AND (s.from_run > o.first_run OR s.from_run = o.merge_run)))
