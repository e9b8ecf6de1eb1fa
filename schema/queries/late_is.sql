-- SPDX-License-Identifier: Apache-2.0
-- Whether the run about to be filed is late: a newer one of the vantage looked at, or met, what it did.
-- $1::int8 : batch
-- $2::int4 : realm
-- $3::text : vantage
-- $4::timestamptz : time of its newest observation
SELECT EXISTS (
    SELECT FROM run r
    JOIN batch_ledger l USING (run_id)
    WHERE r.realm_id = $2 AND r.vantage = $3 AND r.ended > $4
      AND (EXISTS (
              SELECT FROM coverage v
              WHERE v.run_id = r.run_id
                AND (EXISTS (SELECT FROM stage_coverage c WHERE c.batch = $1 AND c.cidr && v.cidr)
                     OR EXISTS (SELECT FROM stage_endpoint e
                                WHERE e.batch = $1 AND e.address <<= v.cidr)))
           OR EXISTS (
              SELECT FROM stage_endpoint e
              JOIN identity_key k
                  ON hashtextextended(k.value, 0) = hashtextextended(place_text(e.address), 0)
                  AND k.value = place_text(e.address) AND k.type = 'station' AND k.realm_id = $2
                  AND k.until_run IS NULL
              JOIN asset_met m ON m.asset_id = k.asset_id AND m.run_id = r.run_id
              WHERE e.batch = $1 AND place_is_mac(e.address))
           OR EXISTS (
              SELECT FROM stage_endpoint e
              JOIN address a ON a.address = e.address AND a.realm_id = $2
              JOIN asset_met m ON m.asset_id = a.asset_id AND m.run_id = r.run_id
              WHERE e.batch = $1)))
