-- SPDX-License-Identifier: Apache-2.0
-- What a run looked at, and what its producer counted.
-- $1::int8 : run
SELECT kind, name, value FROM (
    SELECT 1 AS place, 'coverage' AS kind, abbrev(cidr) AS name,
        concat_ws(' ', method, CASE transport WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp'
            WHEN 132 THEN 'sctp' END,
            (SELECT string_agg(lower(p) || CASE WHEN upper(p) - lower(p) > 1
                    THEN '-' || upper(p) - 1 ELSE '' END, ',' ORDER BY lower(p))
             FROM unnest(ports) AS p)) AS value, cidr
    FROM coverage WHERE run_id = $1
    UNION ALL
    SELECT 2, 'counter', name, value::text, NULL FROM run_counter WHERE run_id = $1) AS d
ORDER BY place, cidr, name COLLATE "C", value COLLATE "C"
