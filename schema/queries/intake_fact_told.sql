-- SPDX-License-Identifier: Apache-2.0
-- What the batch states that differs from the register: one row for each subject, attribute and
-- source, the first of those that disagree. Where a text may hold the time of day, it is compared
-- without it. `was`: there is an open row, which ends.
-- $1::int8 : batch
CREATE TEMPORARY TABLE fact_told ON COMMIT DROP AS
SELECT DISTINCT ON (i.asset_id, s.subject, s.attribute, s.source)
       i.asset_id, s.subject, s.attribute, s.source, s.value, s.grade, s.method, s.evidence,
       f.value AS old, f.asset_id IS NOT NULL AS was
FROM stage_statement s
JOIN stage_identity i ON i.batch = $1 AND i.address = s.address
LEFT JOIN fact f ON f.asset_id = i.asset_id AND f.subject = s.subject
    AND f.attribute = s.attribute AND f.source = s.source AND f.until_run IS NULL
WHERE s.batch = $1 AND s.kind = 'fact'
  AND (f.asset_id IS NULL
       OR (f.value <> s.value
           AND NOT (f.attribute ~ '(banner|greeting|motd|title|descr|identification)'
                    AND steady_text(s.value) = steady_text(f.value))))
ORDER BY i.asset_id, s.subject, s.attribute, s.source, s.number, s.value
