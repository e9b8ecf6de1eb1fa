-- SPDX-License-Identifier: Apache-2.0
-- What stands decided of a system, if anything, and the time from which what is decided now is known: after
-- every decision that is recorded, by the clock that runs and imports are filed by.
-- $1::int4 : realm
-- $2::text : system
SELECT d.id, d.outcome, d.list_no, d.eval_id, d.pack, d.pack_sha256, d.official, d.decision_no,
    d.decided::text, (extract(epoch FROM d.valid_from) * 1000000)::int8,
    (extract(epoch FROM greatest(clock_timestamp(), m.recorded + interval '1 microsecond'))
        * 1000000)::int8, d.authority, d.version
FROM (SELECT max(recorded) AS recorded FROM designation) m
LEFT JOIN designation d ON d.realm_id = $1 AND d.system = $2 AND d.valid_until IS NULL
    AND d.superseded IS NULL
