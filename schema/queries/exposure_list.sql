-- SPDX-License-Identifier: Apache-2.0
-- What could be reached from the Internet at a time, one row a service, with its entry in the
-- ledger, the names of its address, the certificate that it showed and the Internet exits that
-- lead to it; of administration and remote maintenance, whether it is registered. By operator,
-- system and address. "Seen" is the newest run from the Internet that met the asset while it held.
-- $1::text : only this realm; NULL: any
-- $2::text : only of this operator; NULL: any
-- $3::text : only of this system; NULL: any
-- $4::text : only of this kind; NULL: any
-- $5::timestamptz : at this time; NULL: now
-- $6::bool : only what has no entry in force
-- $7::inet : only at an address in this prefix; NULL: any
SELECT r.name, e.organisation, e.system, e.asset_id, a.name, host(e.address),
    CASE e.transport WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp' WHEN 132 THEN 'sctp'
        ELSE e.transport::text END || '/'
        || e.port,
    e.kind, e.protocol, concat_ws(' ', nullif(e.vendor, ''), nullif(e.product, ''),
        nullif(e.version, '')),
    coalesce((SELECT string_agg(DISTINCT n.name, ' ' ORDER BY n.name) FROM name n
        LEFT JOIN run nf ON nf.run_id = n.from_run
        LEFT JOIN run nu ON nu.run_id = n.until_run
        WHERE n.asset_id = e.asset_id AND n.address = e.address
            AND (n.until_run IS NULL OR n.until_run IS NOT NULL)
            AND CASE WHEN $5 IS NULL THEN n.until_run IS NULL
                ELSE nf.ended <= $5 AND (nu.ended IS NULL OR nu.ended > $5) END), ''),
    coalesce(c.subject, ''), coalesce(c.not_after, ''),
    (extract(epoch FROM first.ended) * 1000000)::int8,
    (extract(epoch FROM greatest(e.since, seen.ended)) * 1000000)::int8,
    CASE WHEN j.id IS NULL THEN 'unjustified' WHEN j.expires <= coalesce($5, now())
        THEN 'expired' ELSE 'justified' END,
    coalesce(j.id, 0), coalesce(j.reason, ''), coalesce(j.approver, ''),
    coalesce(j.document, ''), coalesce((extract(epoch FROM j.expires) * 1000000)::int8, 0),
    exits_of(e.realm_id, e.system, e.address),
    CASE WHEN e.kind NOT IN ('administration', 'remote maintenance') THEN ''
        WHEN g.id IS NULL THEN 'unregistered'
        WHEN g.valid_until < coalesce($5, now())::date THEN 'expired' ELSE 'registered' END,
    coalesce(g.id, '')
FROM exposure_history e
JOIN realm r USING (realm_id)
JOIN asset a USING (asset_id)
LEFT JOIN LATERAL exposure_entry(e.realm_id, e.address, e.transport, e.port, coalesce($5, now()))
    AS j ON true
LEFT JOIN LATERAL (
    SELECT x.* FROM (SELECT e.kind WHERE e.kind IN ('administration', 'remote maintenance')) AS k
    CROSS JOIN LATERAL maintenance_entry(e.realm_id, e.system, e.address, coalesce($5, now()))
        AS x) AS g ON true
LEFT JOIN LATERAL (
    SELECT max(f.value) FILTER (WHERE f.attribute = 'tls.certificate.subject') AS subject,
        max(f.value) FILTER (WHERE f.attribute = 'tls.certificate.not_after') AS not_after
    FROM fact f
    LEFT JOIN run ff ON ff.run_id = f.from_run
    LEFT JOIN run fu ON fu.run_id = f.until_run
    WHERE f.asset_id = e.asset_id AND (f.until_run IS NULL OR f.until_run IS NOT NULL)
        AND f.attribute LIKE 'tls.certificate.%'
        AND f.subject = host(e.address)
            || CASE e.transport WHEN 6 THEN ' tcp/' WHEN 17 THEN ' udp/' ELSE ' sctp/' END || e.port
        AND CASE WHEN $5 IS NULL THEN f.until_run IS NULL
            ELSE ff.ended <= $5 AND (fu.ended IS NULL OR fu.ended > $5) END) AS c ON true
LEFT JOIN LATERAL (
    SELECT min(o.ended) AS ended FROM service s JOIN run o ON o.run_id = s.from_run
    WHERE s.asset_id = e.asset_id AND s.exposed AND s.address = e.address
        AND s.transport = e.transport AND s.port = e.port) AS first ON true
LEFT JOIN LATERAL (
    SELECT max(o.ended) AS ended FROM asset_met m JOIN run o USING (run_id)
    WHERE m.asset_id = e.asset_id AND m.outcome = 'up' AND o.vantage = 'internet'
        AND ($5 IS NULL OR o.ended <= $5)
        AND (e.until IS NULL OR o.ended < e.until)) AS seen ON true
WHERE CASE WHEN $5 IS NULL THEN e.until_run IS NULL
        ELSE e.since <= $5 AND (e.until IS NULL OR e.until > $5) END
    AND ($1 IS NULL OR r.name = $1)
    AND ($2 IS NULL OR e.organisation = $2)
    AND ($2 IS NULL OR $2 = '' OR e.asset_id = ANY (ARRAY(
        SELECT m.asset_id FROM system y JOIN asset_member m ON m.realm_id = y.realm_id AND m.system = y.id
        WHERE y.organisation = $2 AND y.until_import IS NULL)))
    AND ($3 IS NULL OR e.system = $3)
    AND ($4 IS NULL OR e.kind = $4)
    AND ($7 IS NULL OR e.address <<= $7)
    AND (NOT $6 OR j.id IS NULL OR j.expires <= coalesce($5, now()))
ORDER BY r.name COLLATE "C", e.organisation COLLATE "C", e.system COLLATE "C", e.address,
    e.transport, e.port
