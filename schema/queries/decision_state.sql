-- SPDX-License-Identifier: Apache-2.0
-- An asset that is not retired is quiet if that is what was found last.
-- $1::int8 : asset
UPDATE asset a
SET state = CASE WHEN EXISTS (
        SELECT FROM fact f
        WHERE f.asset_id = a.asset_id AND f.subject = '' AND f.attribute = 'state'
          AND f.source = 'intake' AND f.until_run IS NULL)
    THEN 'quiet' ELSE 'seen' END
WHERE a.asset_id = $1 AND NOT EXISTS (
    SELECT FROM fact f
    WHERE f.asset_id = a.asset_id AND f.subject = '' AND f.attribute = 'state'
      AND f.source = 'decision' AND f.until_run IS NULL)
