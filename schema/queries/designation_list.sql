-- SPDX-License-Identifier: Apache-2.0
-- The list as it was valid at one time, as the register knew it at another.
-- $1::timestamptz : valid then
-- $2::timestamptz : known then
SELECT d.id, d.list_no, d.system, coalesce(s.name, d.system), d.outcome, d.pack, d.version,
    d.official, d.decision_no, d.reason, d.evidence,
    (extract(epoch FROM d.valid_from) * 1000000)::int8,
    coalesce((extract(epoch FROM d.valid_until) * 1000000)::int8, 0),
    (extract(epoch FROM d.recorded) * 1000000)::int8
FROM designation d
LEFT JOIN system s ON s.realm_id = d.realm_id AND s.id = d.system AND s.until_import IS NULL
WHERE d.recorded <= $2 AND (d.superseded IS NULL OR d.superseded > $2)
    AND d.valid_from <= $1 AND (d.valid_until IS NULL OR d.valid_until > $1)
ORDER BY d.list_no COLLATE "C", d.id
