-- SPDX-License-Identifier: Apache-2.0
-- The addresses of the batch, one row each: rows of one address in staging add up. Most have one and are taken
-- as they are. Of several methods that of who answered counts, then what makes an asset, then a trace, then
-- the first by name. What was heard in part, or adds up to too much, says nothing by its sum.
-- $1::int8 : batch
CREATE TEMPORARY TABLE identity_met ON COMMIT DROP AS
WITH again AS MATERIALIZED (
    SELECT address FROM stage_endpoint WHERE batch = $1 AND NOT alone
)
SELECT address, mac, up, makes, spoke, method, partial OR sum_all <> sum_greeted AS bare,
       CASE WHEN NOT partial THEN CASE WHEN ports > 0 THEN sum_all ELSE sum_greeted END END AS digests
FROM stage_endpoint
WHERE batch = $1 AND alone AND address NOT IN (SELECT address FROM again)
UNION ALL
SELECT address, mac, up, makes, spoke, method, partial OR sum_all <> sum_greeted,
       CASE WHEN NOT partial AND digests BETWEEN -9223372036854775808 AND 9223372036854775807
            THEN digests::int8 END
FROM (
    SELECT address, min(mac::text)::macaddr AS mac, bool_or(up) AS up, bool_or(makes) AS makes,
           bool_or(spoke) AS spoke,
           substr(min((CASE WHEN up AND makes THEN CASE method WHEN 'trace' THEN 'a' ELSE 'b' END
                            WHEN up THEN CASE method WHEN 'trace' THEN 'c' ELSE 'd' END
                            WHEN makes THEN CASE method WHEN 'trace' THEN 'e' ELSE 'f' END
                            ELSE CASE method WHEN 'trace' THEN 'g' ELSE 'h' END END
                       || method) COLLATE "C"), 2) AS method,
           bool_or(partial) AS partial, sum(sum_all) AS sum_all, sum(sum_greeted) AS sum_greeted,
           CASE WHEN sum(ports) > 0 THEN sum(sum_all) ELSE sum(sum_greeted) END AS digests
    FROM stage_endpoint
    WHERE batch = $1 AND address IN (SELECT address FROM again)
    GROUP BY address) e
