-- Says what the assets whose facts changed are, by the rules of role_rule.
-- $1::int8 : batch
WITH touched AS (
    SELECT DISTINCT asset_id FROM stage_touched WHERE batch = $1
), matched AS (
    SELECT f.asset_id, r.priority, r.role, f.attribute || ' = ' || f.value AS reason
    FROM touched
    JOIN fact f USING (asset_id)
    JOIN role_rule r ON r.kind = 'attribute' AND f.attribute ~ r.subject
        AND f.value ~* r.pattern
    WHERE f.until_run IS NULL
    UNION ALL
    SELECT s.asset_id, r.priority, r.role, 'serves ' || s.protocol
    FROM touched
    JOIN service s USING (asset_id)
    JOIN role_rule r ON r.kind = 'protocol' AND s.protocol ~ r.subject
    WHERE s.until_run IS NULL AND s.protocol <> ''
    UNION ALL
    SELECT s.asset_id, r.priority, r.role, 'open ' || r.subject
    FROM touched
    JOIN service s USING (asset_id)
    JOIN role_rule r ON r.kind = 'port'
        AND r.subject = CASE s.transport WHEN 6 THEN 'tcp/' ELSE 'udp/' END || s.port
    WHERE s.until_run IS NULL AND s.protocol = ''
    UNION ALL
    SELECT h.peer_asset_id, r.priority, r.role, 'forwards to ' || host(h.address)
    FROM touched
    JOIN hop h ON h.peer_asset_id = touched.asset_id
    JOIN role_rule r ON r.kind = 'hop'
    WHERE h.until_run IS NULL AND h.asset_id <> h.peer_asset_id
    UNION ALL
    SELECT touched.asset_id, r.priority, r.role, 'an address that answers'
    FROM touched
    JOIN role_rule r ON r.kind = 'any'
)
UPDATE asset a
SET role = w.role, role_reason = w.reason
FROM (SELECT DISTINCT ON (asset_id) asset_id, role, reason
      FROM matched
      ORDER BY asset_id, priority DESC, role, reason) w
WHERE a.asset_id = w.asset_id AND a.merged_into IS NULL
  AND (a.role, a.role_reason) IS DISTINCT FROM (w.role, w.reason)
