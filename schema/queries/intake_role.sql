-- SPDX-License-Identifier: Apache-2.0
-- Says what the assets whose facts changed are, by the rules of role_rule.
-- $1::int8 : batch
WITH touched AS (
    SELECT DISTINCT asset_id FROM stage_touched WHERE batch = $1
), attribute AS MATERIALIZED ( -- words are matched once each, not once an asset
    SELECT d.attribute, r.priority, r.role, r.pattern
    FROM (SELECT DISTINCT f.attribute FROM fact f JOIN touched USING (asset_id)
          WHERE f.until_run IS NULL) d
    JOIN role_rule r ON r.kind = 'attribute' AND d.attribute ~ r.subject
), held AS MATERIALIZED (
    SELECT s.asset_id, s.protocol, s.product, CASE WHEN s.protocol = ''
            THEN CASE s.transport WHEN 6 THEN 'tcp/' WHEN 17 THEN 'udp/' ELSE 'sctp/' END || s.port END AS spot
    FROM touched
    CROSS JOIN LATERAL (
        SELECT * FROM service WHERE asset_id = touched.asset_id AND until_run IS NULL
        OFFSET 0) s
), served AS MATERIALIZED (
    SELECT asset_id, protocol, spot FROM held GROUP BY 1, 2, 3
), protocol AS MATERIALIZED (
    SELECT d.protocol, r.priority, r.role
    FROM (SELECT DISTINCT s.protocol FROM served s WHERE s.protocol <> '') d
    JOIN role_rule r ON r.kind = 'protocol' AND d.protocol ~ r.subject
), product AS MATERIALIZED (
    SELECT d.product, r.priority, r.role
    FROM (SELECT DISTINCT product FROM held WHERE product <> '') d
    JOIN role_rule r ON r.kind = 'product' AND d.product ~* r.pattern
), matched AS (
    SELECT f.asset_id, r.priority, r.role, f.attribute || ' = ' || f.value AS reason
    FROM touched
    JOIN fact f USING (asset_id)
    JOIN attribute r ON f.attribute = r.attribute AND f.value ~* r.pattern
    WHERE f.until_run IS NULL
    UNION ALL
    SELECT s.asset_id, r.priority, r.role, 'serves ' || s.protocol
    FROM served s
    JOIN protocol r ON r.protocol = s.protocol
    UNION ALL
    SELECT s.asset_id, r.priority, r.role, 'serves ' || s.product
    FROM held s
    JOIN product r ON r.product = s.product
    UNION ALL
    SELECT s.asset_id, r.priority, r.role, 'open ' || r.subject
    FROM served s
    JOIN role_rule r ON r.kind = 'port' AND r.subject = s.spot
    UNION ALL
    SELECT h.peer_asset_id, r.priority, r.role, 'forwards to ' || host(h.address)
    FROM touched
    JOIN hop h ON h.peer_asset_id = touched.asset_id
    JOIN role_rule r ON r.kind = 'hop'
    WHERE h.until_run IS NULL AND h.asset_id <> h.peer_asset_id
    UNION ALL
    SELECT touched.asset_id, r.priority, r.role, CASE WHEN n.asset_id IS NULL OR EXISTS (
               SELECT FROM address a WHERE a.asset_id = n.asset_id AND a.until_run IS NULL)
           THEN 'an address that answers' ELSE 'a station of a link' END
    FROM touched
    JOIN role_rule r ON r.kind = 'any'
    LEFT JOIN (SELECT DISTINCT asset_id FROM identity_key
               WHERE type = 'station' AND until_run IS NULL) n USING (asset_id)
)
UPDATE asset a
SET role = w.role, role_reason = w.reason
FROM (SELECT DISTINCT ON (asset_id) asset_id, role, reason
      FROM matched
      ORDER BY asset_id, priority DESC, role, reason) w
WHERE a.asset_id = w.asset_id AND a.merged_into IS NULL
  AND (a.role, a.role_reason) IS DISTINCT FROM (w.role, w.reason)
