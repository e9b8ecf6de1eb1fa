-- SPDX-License-Identifier: Apache-2.0
-- The addresses of the batch, one row each: rows of one address in staging add up. Of several methods
-- that of who answered counts, then what makes an asset, then a trace, then the first by name.
-- $1::int8 : batch
CREATE TEMPORARY TABLE identity_met ON COMMIT DROP AS
SELECT address, min(mac::text)::macaddr AS mac, bool_or(up) AS up, bool_or(makes) AS makes,
       bool_or(spoke) AS spoke,
       substr(min(CASE WHEN up THEN '0' ELSE '1' END || CASE WHEN makes THEN '0' ELSE '1' END
                  || CASE WHEN method = 'trace' THEN '0' ELSE '1' END || method), 4) AS method
FROM stage_endpoint
WHERE batch = $1
GROUP BY address
