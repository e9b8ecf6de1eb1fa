-- SPDX-License-Identifier: Apache-2.0
-- New assets that are nowhere now were not met by the run that looked there next.
-- $1::int8 : batch
-- $2::int8 : run
-- $3::int4 : realm
WITH went AS (
    SELECT DISTINCT ON (i.asset_id) i.asset_id, a.until_run
    FROM stage_identity i
    JOIN address a ON a.asset_id = i.asset_id AND a.from_run = $2
    JOIN run u ON u.run_id = a.until_run
    WHERE i.batch = $1 AND i.is_new
      AND NOT EXISTS (
          SELECT FROM address o WHERE o.asset_id = i.asset_id AND o.until_run IS NULL)
    ORDER BY i.asset_id, u.ended DESC, u.run_id DESC
), said AS (
    INSERT INTO fact
        (asset_id, subject, attribute, source, value, realm_id, grade, method, from_run)
    SELECT asset_id, '', 'state', 'intake', 'quiet', $3, 'derived', 'coverage', until_run
    FROM went
    ORDER BY asset_id
)
UPDATE asset a SET state = 'quiet' FROM went WHERE a.asset_id = went.asset_id
