-- SPDX-License-Identifier: Apache-2.0
-- Sums up the assets whose facts changed: best name, vendor, model and system. A name is best
-- if the register gives it; then if the device does, certificates last, since many share one;
-- then if a name server does. Of those of one source: what most addresses have, then the shortest.
-- $1::int8 : batch
UPDATE asset a
SET name = w.name, vendor = w.vendor, model = w.model, os = w.os
FROM (
    SELECT t.asset_id,
           coalesce(
               (SELECT n.name FROM name n
                WHERE n.asset_id = t.asset_id AND n.until_run IS NULL
                GROUP BY n.grade, n.source, n.name
                ORDER BY n.grade <> 'attested', n.source IN ('dns', 'dns.ptr'),
                         n.source LIKE 'tls%', position('.' IN n.name) = 0, n.source,
                         count(*) DESC, length(n.name), n.name
                LIMIT 1),
               (SELECT 'this machine' FROM address d
                WHERE d.asset_id = t.asset_id AND d.until_run IS NULL
                  AND (d.address << inet '127.0.0.0/8' OR d.address = inet '::1')
                LIMIT 1),
               (SELECT host(d.address) FROM address d
                WHERE d.asset_id = t.asset_id AND d.until_run IS NULL
                ORDER BY d.address
                LIMIT 1),
               (SELECT k.value FROM identity_key k
                WHERE k.asset_id = t.asset_id AND k.type = 'station' AND k.until_run IS NULL
                ORDER BY k.value
                LIMIT 1),
               o.name) AS name,
           coalesce(v.vendor, '') AS vendor, coalesce(v.model, '') AS model,
           coalesce(v.os, '') AS os
    FROM (SELECT DISTINCT asset_id FROM stage_touched WHERE batch = $1) t
    JOIN asset o USING (asset_id)
    LEFT JOIN (
        SELECT c.asset_id, max(c.value) FILTER (WHERE c.aspect = 'vendor') AS vendor,
               max(c.value) FILTER (WHERE c.aspect = 'model') AS model,
               max(c.value) FILTER (WHERE c.aspect = 'os') AS os
        FROM claims_of(ARRAY(SELECT DISTINCT asset_id FROM stage_touched WHERE batch = $1)) c
        WHERE c.place = 1 AND c.stand = 'agrees'
        GROUP BY c.asset_id) v USING (asset_id)
    WHERE o.merged_into IS NULL) w
WHERE a.asset_id = w.asset_id
  AND (a.name, a.vendor, a.model, a.os) IS DISTINCT FROM (w.name, w.vendor, w.model, w.os)
