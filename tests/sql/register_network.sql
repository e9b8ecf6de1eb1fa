-- SPDX-License-Identifier: Apache-2.0
-- A small network in three runs, for the questions: what runs saw, as the intake files it.
INSERT INTO realm (name) VALUES ('lanhe') ON CONFLICT DO NOTHING;
INSERT INTO run (run_id, bundle_id, realm_id, vantage, tool, plan, started, ended, outcome)
SELECT n, 'bundle-' || n, realm_id, CASE n WHEN 3 THEN 'internet' ELSE 'internal' END, 'test', '',
    '2026-11-01'::date + n, '2026-11-01'::date + n + interval '1 hour', 'complete'
FROM realm, generate_series(1, 3) AS n WHERE name = 'lanhe';
INSERT INTO coverage (run_id, cidr, method, transport, ports) VALUES
    (1, '198.18.0.0/16', 'syn', 6, '{[1,1024]}'), (2, '198.18.10.0/24', 'syn', 6, '{[1,1024]}'),
    (3, '198.18.10.0/24', 'syn', 6, '{[80,81)}'), (1, '198.18.77.0/25', 'syn', 6, '{[1,1024]}');
INSERT INTO evidence (sha256, kind, bytes, first_run) VALUES
    (sha256('SSH-2.0'), 'ssh', 'SSH-2.0', 1);
INSERT INTO asset (asset_id, realm_id, name, role, role_reason, state, vendor, model, os, first_run,
    last_run, merged_into, merge_run, merge_reason)
SELECT a.id, realm_id, a.name, a.role, 'rule', a.state, a.vendor, '', a.os, a.first, a.last,
    a.into_id, a.into_id * 0 + 2, 'same key'
FROM realm, (VALUES
    (101, 'scada1.lanhe.example', 'server', 'seen', 'Acme', 'Debian', 1, 3, NULL::int8),
    (102, '198.18.10.11', 'server', 'seen', '', 'Debian', 1, 3, NULL),
    (103, '198.18.30.1', 'router', 'seen', 'Cisco', '', 2, 2, NULL),
    (104, 'old', 'host', 'retired', '', '', 1, 1, 101),
    (105, 'gone-host', 'host', 'quiet', '', '', 1, 2, NULL),
    (106, '198.18.77.9', 'host', 'seen', '', '', 1, 2, NULL),
    (107, '2001:db8:7::9', 'host', 'seen', '', '', 1, 2, NULL))
    AS a (id, name, role, state, vendor, os, first, last, into_id)
WHERE realm.name = 'lanhe';
-- Before runs were kept as ranges there was one row each.
CREATE TEMPORARY TABLE met (asset_id int8, run_id int4, outcome text);
INSERT INTO met VALUES
    (101, 1, 'up'), (102, 1, 'up'), (105, 1, 'up'), (106, 1, 'up'), (107, 1, 'up'),
    (101, 2, 'up'), (102, 2, 'up'), (103, 2, 'up'), (105, 2, 'up'), (106, 2, 'up'), (107, 2, 'up'),
    (102, 3, 'up'), (105, 3, 'quiet');
DO $$ BEGIN
    IF to_regclass('cadastre.asset_met') IS NULL THEN
        INSERT INTO asset_run (asset_id, run_id, outcome) SELECT asset_id, run_id, outcome FROM met;
    ELSE
        INSERT INTO asset_run (asset_id, up, quiet)
        SELECT asset_id, range_agg(int4range(run_id, run_id, '[]')) FILTER (WHERE outcome = 'up'),
            range_agg(int4range(run_id, run_id, '[]')) FILTER (WHERE outcome = 'quiet')
        FROM met GROUP BY asset_id;
    END IF;
END $$;
DROP TABLE met;
INSERT INTO address (asset_id, address, realm_id, mac, grade, method, reason, from_run, until_run)
SELECT a.id, a.address::inet, realm_id, a.mac::macaddr, 'measured', 'syn', 'answered', a.first,
    a.until
FROM realm, (VALUES
    (101, '198.18.30.10', '02:00:00:00:00:01', 1, NULL::int8),
    (101, '198.18.30.9', NULL, 1, 2), (102, '198.18.10.11', NULL, 1, NULL),
    (103, '198.18.30.1', NULL, 2, NULL), (103, '198.18.60.1', NULL, 2, NULL),
    (105, '198.18.20.5', NULL, 1, NULL), (106, '198.18.77.9', NULL, 1, NULL),
    (107, '2001:db8:7::9', NULL, 1, NULL)) AS a (id, address, mac, first, until)
WHERE realm.name = 'lanhe';
INSERT INTO name (asset_id, address, name, source, realm_id, grade, method, from_run)
SELECT 101, '198.18.30.10', 'scada1.lanhe.example', 'dns.ptr', realm_id, 'claimed', 'greeting', 1
FROM realm WHERE name = 'lanhe';
INSERT INTO service (asset_id, address, transport, port, realm_id, protocol, vendor, product, version,
    cpe, internal, exposed, method, evidence, from_run, until_run)
SELECT s.id, s.address::inet, s.transport, s.port, realm_id, s.protocol, s.vendor, s.product, s.version,
    '', true, s.exposed, 'greeting', CASE s.protocol WHEN 'ssh' THEN sha256('SSH-2.0') END, s.first,
    s.until
FROM realm, (VALUES
    (101, '198.18.30.10', 6, 22, 'ssh', 'OpenBSD', 'OpenSSH', '9.2p1', false, 1, NULL::int8),
    (102, '198.18.10.11', 6, 80, 'http', 'F5', 'nginx', '1.22', false, 1, 2),
    (102, '198.18.10.11', 6, 80, 'http', 'F5', 'nginx', '1.24', false, 2, 3),
    (102, '198.18.10.11', 6, 80, 'http', 'F5', 'nginx', '1.24', true, 3, NULL),
    (102, '198.18.10.11', 6, 25, 'smtp', '', 'Postfix', '', false, 1, 2),
    (105, '198.18.20.5', 6, 22, '', '', '', '', false, 1, 3))
    AS s (id, address, transport, port, protocol, vendor, product, version, exposed, first, until)
WHERE realm.name = 'lanhe';
INSERT INTO identity_key (asset_id, type, value, realm_id, strength, shared, verdict, reason, method,
    evidence, from_run)
SELECT 101, 'ssh.hostkey', 'SHA256:abc', realm_id, 'definitive', false, 'auto', 'tcp/22', 'greeting',
    sha256('SSH-2.0'), 1 FROM realm WHERE name = 'lanhe';
INSERT INTO fact (asset_id, subject, attribute, source, value, realm_id, grade, method, from_run,
    until_run)
SELECT f.id, f.subject, f.attribute, f.source, f.value, realm_id, 'claimed', 'greeting', f.first,
    f.until
FROM realm, (VALUES
    (102, '198.18.10.11 tcp/25', 'smtp.banner', 'smtp', 'hello', 1, 2::int8),
    (102, '', 'os.product', 'http', 'Linux', 1, 3),
    (102, '', 'os.product', 'http', 'Debian', 3, NULL),
    (105, '', 'state', 'intake', 'quiet', 3, NULL),
    (102, '198.18.10.11 tcp/80', 'http.title', 'http', 'Outages', 1, NULL))
    AS f (id, subject, attribute, source, value, first, until)
WHERE realm.name = 'lanhe';
INSERT INTO link (asset_id, layer, peer_asset_id, peer_address, source, realm_id, grade, method,
    detail, from_run)
SELECT l.id, l.layer, l.peer, '0.0.0.0', l.source, realm_id, l.grade, 'trace', '', l.first
FROM realm, (VALUES (101, 'l3', 103, 'lldp', 'claimed', 2), (101, 'l3', 103, 'hop', 'measured', 2),
    (102, 'flow', 101, 'flow', 'measured', 2), (101, 'l2', 105, 'lldp', 'claimed', 1))
    AS l (id, layer, peer, source, grade, first)
WHERE realm.name = 'lanhe';
INSERT INTO hop (asset_id, address, vantage, distance, realm_id, peer_asset_id, peer_address,
    from_run)
SELECT 101, '198.18.30.10', 'internal', 1, realm_id, 103, '198.18.30.1', 2
FROM realm WHERE name = 'lanhe';
