-- SPDX-License-Identifier: Apache-2.0
-- What an asset is made of and runs: of all that is said about it one verdict, by rules that are data.
-- docs/adr/0015 says why.

CREATE TABLE cadastre.evidence_rule (
	source text PRIMARY KEY,
	weight int4 NOT NULL CHECK (weight BETWEEN 1 AND 95),
	self bool NOT NULL,
	note text NOT NULL CHECK (note <> '')
);
COMMENT ON TABLE cadastre.evidence_rule IS
	'How much it weighs what a source says of operating system and hardware';
COMMENT ON COLUMN cadastre.evidence_rule.source IS 'As facts name it; empty: any that is not here';
COMMENT ON COLUMN cadastre.evidence_rule.weight IS
	'How often it is right, in percent; nothing is beyond doubt';
COMMENT ON COLUMN cadastre.evidence_rule.self IS
	'The device or its software says it of itself: only that contradicts what others of it say';
INSERT INTO cadastre.evidence_rule (source, weight, self, note) VALUES
	('', 50, true, 'any other protocol or file: what a reply says by the way'),
	-- its own account of itself, asked for by a request made for that
	('snmp', 90, true, 'sysDescr and the engine: written by whoever made the device'),
	('s7', 92, true, 'SZL: order number and firmware of the module that answers'),
	('enip', 92, true, 'CIP identity object: vendor id, product code and revision'),
	('dcp', 92, true, 'PROFINET DCP: vendor and station type, on the link itself'),
	('bacnet', 90, true, 'properties of the device object'),
	('opcua', 85, true, 'application description: of the server, often that of its device'),
	('modbus', 90, true, 'device identification 43/14'),
	('mms', 90, true, 'identify: vendor, model and revision'),
	('hartip', 88, true, 'identity of the HART device'),
	('fins', 90, true, 'controller data'),
	('fox', 85, true, 'the hello of the station and its host'),
	('knxip', 88, true, 'device description'),
	('iec104', 70, true, 'by what the station answers'),
	('dnp3', 70, true, 'by what the outstation answers'),
	('ads', 88, true, 'device information'),
	('moxa', 90, true, 'the device search of its maker'),
	('ipmi', 70, true, 'of the controller beside the machine, not of the machine'),
	('ipp', 85, true, 'make and model of the printer'),
	('smb', 90, true, 'NTLM challenge: build number of the system'),
	('rdp', 90, true, 'NTLM challenge: build number of the system'),
	('mssql', 70, true, 'by the product, which runs on few systems'),
	('ldap', 75, true, 'root DSE of the directory'),
	-- what a device announces to its neighbours
	('lldp', 88, true, 'system description, on the link itself'),
	('cdp', 88, true, 'platform and version, on the link itself'),
	('mdns', 82, true, 'device-info'),
	('ssdp', 75, true, 'device description'),
	('wsd', 75, true, 'device description'),
	('dhcp', 72, true, 'vendor class that the client sends'),
	('netbios', 70, true, 'names and services of the node'),
	-- banners: of a program, and perhaps of one behind a proxy
	('ssh', 75, true, 'the package that the banner names'),
	('telnet', 65, true, 'a banner that people write'),
	('ftp', 65, true, 'a banner that people write'),
	('smtp', 65, true, 'a banner that people write'),
	('ntp', 70, true, 'system variable of the daemon'),
	('dns', 60, true, 'version.bind, a text that people write'),
	('mysql', 65, true, 'the package that the version names'),
	('postgresql', 60, true, 'by the wording of an error'),
	('sip', 65, true, 'user agent'),
	('http', 60, true, 'of the front end, which may stand before another machine'),
	('http2', 60, true, 'of the front end, which may stand before another machine'),
	('tls', 50, true, 'of a certificate, which may be copied'),
	('nmap', 40, false, 'a guess of another program by the network stack, and who registered the MAC address'),
	-- who registered the MAC address: the maker of the interface, seldom of more
	('mac', 40, false, 'by a MAC address that was overheard'),
	('arp', 40, false, 'by the MAC address that answered'),
	('syn', 40, false, 'by the MAC address that answered'),
	('echo', 40, false, 'by the MAC address that answered'),
	('trace', 40, false, 'by the MAC address that answered'),
	('listening', 40, false, 'by a MAC address that was overheard'),
	-- the network stack
	('stack', 20, false, 'signature of a SYN-ACK, which is right for few and wrong for many');

CREATE TABLE cadastre.evidence_family (
	aspect text NOT NULL CHECK (aspect IN ('os', 'vendor')),
	word text NOT NULL CHECK (word ~ '^[a-z0-9]+$'),
	family text NOT NULL,
	broad bool NOT NULL,
	note text NOT NULL CHECK (note <> ''),
	PRIMARY KEY (aspect, word)
);
COMMENT ON TABLE cadastre.evidence_family IS
	'Which operating systems and makers do not contradict one another, though they have different names';
COMMENT ON COLUMN cadastre.evidence_family.word IS
	'The first word of a name that stands here tells its family';
COMMENT ON COLUMN cadastre.evidence_family.family IS 'Empty: of any family, it contradicts none';
COMMENT ON COLUMN cadastre.evidence_family.broad IS
	'As the whole name of a product it names the family and no more; another of the family says more';
INSERT INTO cadastre.evidence_family (aspect, word, family, broad, note) VALUES
	('os', 'linux', 'Linux', true, 'the kernel'),
	('os', 'debian', 'Linux', false, 'a distribution'),
	('os', 'ubuntu', 'Linux', false, 'a distribution'),
	('os', 'kali', 'Linux', false, 'a distribution'),
	('os', 'raspbian', 'Linux', false, 'a distribution'),
	('os', 'mint', 'Linux', false, 'a distribution'),
	('os', 'devuan', 'Linux', false, 'a distribution'),
	('os', 'proxmox', 'Linux', false, 'a distribution'),
	('os', 'redhat', 'Linux', false, 'a distribution'),
	('os', 'centos', 'Linux', false, 'a distribution'),
	('os', 'fedora', 'Linux', false, 'a distribution'),
	('os', 'rocky', 'Linux', false, 'a distribution'),
	('os', 'almalinux', 'Linux', false, 'a distribution'),
	('os', 'alma', 'Linux', false, 'a distribution'),
	('os', 'rhel', 'Linux', false, 'a distribution'),
	('os', 'suse', 'Linux', false, 'a distribution'),
	('os', 'opensuse', 'Linux', false, 'a distribution'),
	('os', 'sles', 'Linux', false, 'a distribution'),
	('os', 'gentoo', 'Linux', false, 'a distribution'),
	('os', 'alpine', 'Linux', false, 'a distribution'),
	('os', 'arch', 'Linux', false, 'a distribution'),
	('os', 'slackware', 'Linux', false, 'a distribution'),
	('os', 'amazon', 'Linux', false, 'a distribution'),
	('os', 'oracle', 'Linux', false, 'a distribution'),
	('os', 'kylin', 'Linux', false, 'a distribution'),
	('os', 'uos', 'Linux', false, 'a distribution'),
	('os', 'openeuler', 'Linux', false, 'a distribution'),
	('os', 'deepin', 'Linux', false, 'a distribution'),
	('os', 'anolis', 'Linux', false, 'a distribution'),
	('os', 'android', 'Linux', false, 'made of Linux'),
	('os', 'openwrt', 'Linux', false, 'made of Linux'),
	('os', 'lede', 'Linux', false, 'made of Linux'),
	('os', 'routeros', 'Linux', false, 'made of Linux'),
	('os', 'edgeos', 'Linux', false, 'made of Linux'),
	('os', 'vyos', 'Linux', false, 'made of Linux'),
	('os', 'dsm', 'Linux', false, 'made of Linux'),
	('os', 'qts', 'Linux', false, 'made of Linux'),
	('os', 'fortios', 'Linux', false, 'made of Linux'),
	('os', 'gaia', 'Linux', false, 'made of Linux'),
	('os', 'tizen', 'Linux', false, 'made of Linux'),
	('os', 'webos', 'Linux', false, 'made of Linux'),
	('os', 'chromeos', 'Linux', false, 'made of Linux'),
	('os', 'windows', 'Windows', true, 'all its editions'),
	('os', 'microsoft', 'Windows', true, 'all its editions'),
	('os', 'bsd', 'BSD', true, 'all its descendants'),
	('os', 'freebsd', 'BSD', false, 'a descendant'),
	('os', 'openbsd', 'BSD', false, 'a descendant'),
	('os', 'netbsd', 'BSD', false, 'a descendant'),
	('os', 'dragonfly', 'BSD', false, 'a descendant'),
	('os', 'opnsense', 'BSD', false, 'a descendant'),
	('os', 'pfsense', 'BSD', false, 'a descendant'),
	('os', 'truenas', 'BSD', false, 'a descendant'),
	('os', 'freenas', 'BSD', false, 'a descendant'),
	('os', 'junos', 'BSD', false, 'made of FreeBSD'),
	('os', 'netscaler', 'BSD', false, 'made of FreeBSD'),
	('os', 'mac', 'macOS', true, 'all its names'),
	('os', 'macos', 'macOS', false, 'all its names'),
	('os', 'osx', 'macOS', false, 'all its names'),
	('os', 'darwin', 'macOS', false, 'all its names'),
	('os', 'solaris', 'Solaris', false, 'all its names'),
	('os', 'sunos', 'Solaris', false, 'all its names'),
	('os', 'illumos', 'Solaris', false, 'all its names'),
	('os', 'smartos', 'Solaris', false, 'all its names'),
	('os', 'unix', '', true, 'says little: many are'),
	('vendor', 'hp', 'Hewlett Packard', false, 'several names and parts'),
	('vendor', 'hpe', 'Hewlett Packard', false, 'several names and parts'),
	('vendor', 'hewlett', 'Hewlett Packard', false, 'several names and parts'),
	('vendor', 'aruba', 'Hewlett Packard', false, 'several names and parts'),
	('vendor', 'procurve', 'Hewlett Packard', false, 'several names and parts'),
	('vendor', 'schneider', 'Schneider Electric', false, 'several names and parts'),
	('vendor', 'telemecanique', 'Schneider Electric', false, 'several names and parts'),
	('vendor', 'modicon', 'Schneider Electric', false, 'several names and parts'),
	('vendor', 'apc', 'Schneider Electric', false, 'several names and parts'),
	('vendor', 'rockwell', 'Rockwell Automation', false, 'several names and parts'),
	('vendor', 'allen', 'Rockwell Automation', false, 'several names and parts'),
	('vendor', 'siemens', 'Siemens', false, 'several names and parts'),
	('vendor', 'ruggedcom', 'Siemens', false, 'several names and parts'),
	('vendor', 'ge', 'General Electric', false, 'several names'),
	('vendor', 'cisco', 'Cisco', false, 'several names and parts'),
	('vendor', 'meraki', 'Cisco', false, 'several names and parts'),
	('vendor', 'linksys', 'Cisco', false, 'several names and parts'),
	('vendor', 'dell', 'Dell', false, 'several names and parts'),
	('vendor', 'emc', 'Dell', false, 'several names and parts'),
	('vendor', 'lenovo', 'Lenovo', false, 'several names'),
	('vendor', 'phoenix', 'Phoenix Contact', false, 'several names'),
	('vendor', 'beckhoff', 'Beckhoff', false, 'several names'),
	('vendor', 'huawei', 'Huawei', false, 'several names'),
	('vendor', 'h3c', 'H3C', false, 'several names'),
	('vendor', '3com', 'H3C', false, 'several names'),
	('vendor', 'moxa', 'Moxa', false, 'several names'),
	('vendor', 'omron', 'Omron', false, 'several names'),
	('vendor', 'axis', 'Axis', false, 'several names');

-- What one source says of an asset at one place is one record, and a name, its version and its maker come
-- from one record. The weightiest record leads; of those that agree with it, that which says most is the
-- verdict. What is not clear neither agrees nor contradicts. The maker of a model is the maker of the
-- asset, or there is no model.
CREATE FUNCTION cadastre.claims_of(some_assets int8[])
RETURNS TABLE (asset_id int8, aspect text, value text, source text, subject text, weight int4,
	stand text, place int8)
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH record AS MATERIALIZED (
		SELECT f.asset_id, f.subject, f.source,
			max(f.value) FILTER (WHERE f.attribute = 'os.vendor') AS os_vendor,
			max(f.value) FILTER (WHERE f.attribute = 'os.product') AS os_product,
			coalesce(max(f.value) FILTER (WHERE f.attribute = 'os.family'),
				max(f.value) FILTER (WHERE f.attribute = 'stack.family')) AS os_family,
			max(f.value) FILTER (WHERE f.attribute = 'os.version') AS os_version,
			max(f.value) FILTER (WHERE f.attribute IN ('os.certainty', 'stack.certainty'))
				AS os_certainty,
			max(f.value) FILTER (WHERE f.attribute IN ('hw.vendor', 'mac.vendor')) AS hw_vendor,
			max(f.value) FILTER (WHERE f.attribute = 'hw.product') AS hw_product,
			max(f.value) FILTER (WHERE f.attribute = 'hw.model') AS hw_model,
			max(f.value) FILTER (WHERE f.attribute = 'hw.device') AS hw_device,
			max(f.value) FILTER (WHERE f.attribute = 'os.device') AS os_device,
			max(f.value) FILTER (WHERE f.attribute = 'hw.certainty') AS hw_certainty
		FROM fact f
		WHERE f.asset_id = ANY (some_assets) AND f.until_run IS NULL
			AND f.attribute IN ('os.vendor', 'os.product', 'os.family', 'os.version',
				'os.certainty', 'os.device', 'hw.vendor', 'mac.vendor', 'hw.product',
				'hw.model', 'hw.device', 'hw.certainty', 'stack.family', 'stack.certainty')
		GROUP BY f.asset_id, f.subject, f.source
	), claim AS (
		SELECT r.asset_id, r.subject, r.source, c.*, lower(c.value) AS plain, e.self,
			greatest(1, round(e.weight * CASE WHEN c.certainty ~ '^(0|1)?(\.[0-9]{1,6})?$'
				THEN least(1, nullif(c.certainty, '')::float8) ELSE 1 END))::int4 AS weight
		FROM record r
		CROSS JOIN LATERAL (VALUES
			('os', CASE WHEN r.os_product IS NULL THEN 2 ELSE 1 END,
				coalesce(r.os_product, r.os_family),
				CASE WHEN strpos(lower(coalesce(r.os_product, r.os_family)), lower(r.os_vendor)) = 0
					THEN r.os_vendor || ' ' ELSE '' END || coalesce(r.os_product, r.os_family)
					|| coalesce(' ' || r.os_version, ''),
				'os', lower(concat_ws(' ', r.os_family, r.os_product)),
				coalesce(lower(r.os_family), ''), r.os_certainty),
			('vendor', 1, r.hw_vendor, r.hw_vendor, 'vendor', coalesce(lower(r.hw_vendor), ''),
				coalesce(split_part(lower(r.hw_vendor), ' ', 1), ''), r.hw_certainty),
			('model', CASE WHEN r.hw_model IS NULL THEN 2 ELSE 1 END,
				coalesce(r.hw_model, r.hw_product), coalesce(r.hw_model, r.hw_product),
				'vendor', coalesce(lower(r.hw_vendor), ''),
				coalesce(split_part(lower(r.hw_vendor), ' ', 1), ''), r.hw_certainty),
			('device', CASE WHEN r.hw_device IS NULL THEN 2 ELSE 1 END,
				coalesce(r.hw_device, r.os_device), coalesce(r.hw_device, r.os_device), '', '', '',
				CASE WHEN r.hw_device IS NULL THEN r.os_certainty ELSE r.hw_certainty END))
			AS c (aspect, kind, value, full_name, side, name, fallback, certainty)
		JOIN evidence_rule e ON e.source = CASE
			WHEN EXISTS (SELECT FROM evidence_rule o WHERE o.source = r.source) THEN r.source
			ELSE '' END
		WHERE c.value <> '' AND (c.aspect <> 'device' OR lower(c.value) <> 'general')
	), known AS MATERIALIZED (
		-- Names are few, however many say them.
		SELECT n.side, n.name, n.fallback, coalesce((SELECT f.family
			FROM regexp_split_to_table(left(n.name, 200), '[^a-z0-9]+') WITH ORDINALITY
				AS w (word, number)
			JOIN evidence_family f ON f.aspect = n.side AND f.word = w.word
			ORDER BY w.number LIMIT 1), n.fallback) AS family
		FROM (SELECT DISTINCT side, name, fallback FROM claim) n
	), named AS (
		SELECT c.*, k.family, c.aspect = 'os' AND EXISTS (SELECT FROM evidence_family f
			WHERE f.aspect = 'os' AND f.word = c.plain AND f.broad) AS broad
		FROM claim c
		JOIN known k USING (side, name, fallback)
	), made AS (
		SELECT n.*, n.aspect = 'model' AND n.family <> '' AND n.family <> first_value(
				CASE n.aspect WHEN 'vendor' THEN n.family ELSE '' END) OVER (
				PARTITION BY n.asset_id ORDER BY n.aspect <> 'vendor', NOT n.self,
				n.weight DESC, n.subject NOT LIKE '% %', n.subject COLLATE "C",
				n.source COLLATE "C") AS alien
		FROM named n
	), led AS (
		SELECT m.*, first_value(m.family) OVER front AS lead_family,
			first_value(m.plain) OVER front AS lead_plain,
			first_value(m.kind) OVER front AS lead_kind
		FROM made m
		WINDOW front AS (PARTITION BY m.asset_id, m.aspect ORDER BY m.alien, NOT m.self,
			m.weight DESC, m.family = '', m.broad, m.kind, m.subject NOT LIKE '% %',
			m.subject COLLATE "C", m.source COLLATE "C")
	), stood AS (
		SELECT l.*, CASE WHEN l.alien THEN 'contradicts'
			WHEN l.plain = l.lead_plain THEN 'agrees'
			WHEN l.aspect IN ('os', 'vendor') THEN CASE
				WHEN '' IN (l.family, l.lead_family) THEN 'is not clear'
				WHEN l.family = l.lead_family THEN 'agrees'
				WHEN l.self THEN 'contradicts' ELSE 'differs' END
			WHEN strpos(l.plain, l.lead_plain) > 0 OR strpos(l.lead_plain, l.plain) > 0
				THEN 'agrees'
			WHEN l.self AND l.kind = l.lead_kind THEN 'contradicts'
			ELSE 'differs' END AS stand
		FROM led l
	)
	SELECT s.asset_id, s.aspect, s.full_name, s.source, s.subject, s.weight, s.stand,
		row_number() OVER (PARTITION BY s.asset_id, s.aspect ORDER BY s.stand <> 'agrees',
			s.broad OR NOT s.self, s.weight DESC, s.kind, length(s.full_name) DESC,
			s.subject NOT LIKE '% %', s.subject COLLATE "C", s.source COLLATE "C")
	FROM stood s
$$;
COMMENT ON FUNCTION cadastre.claims_of(int8[]) IS
	'What is said of operating system, maker, model and kind of assets; of each the first that agrees is the verdict';

-- ---- nodes ---------------------------------------------------------------------------------------

-- As before, with the rules of evidence.
CREATE OR REPLACE FUNCTION cadastre.node_reference() RETURNS TABLE (tab text, line text) LANGUAGE sql STABLE
SET search_path = cadastre, pg_temp SET datestyle = 'ISO, YMD' AS $$
	SELECT 'realm', x::text FROM realm x
	UNION ALL SELECT 'authorisation', x::text FROM authorisation x
	UNION ALL SELECT 'authorisation_cidr', x::text FROM authorisation_cidr x
	UNION ALL SELECT 'key_rule', x::text FROM key_rule x
	UNION ALL SELECT 'junk_value', x::text FROM junk_value x
	UNION ALL SELECT 'noise_rule', x::text FROM noise_rule x
	UNION ALL SELECT 'role_rule', x::text FROM role_rule x
	UNION ALL SELECT 'evidence_rule', x::text FROM evidence_rule x
	UNION ALL SELECT 'evidence_family', x::text FROM evidence_family x
	UNION ALL SELECT 'virtual_mac', x::text FROM virtual_mac x
$$;

CREATE OR REPLACE FUNCTION cadastre.node_take_reference() RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp SET datestyle = 'ISO, YMD' AS $$
DECLARE
	t text;
BEGIN
	-- Of several who begin at once, the first brings what is new.
	PERFORM pg_advisory_xact_lock(4841, 8);
	IF NOT EXISTS (SELECT tab, line FROM pg_temp.node_incoming EXCEPT ALL
			SELECT r.tab, r.line FROM node_reference() r)
		AND NOT EXISTS (SELECT r.tab, r.line FROM node_reference() r EXCEPT ALL
			SELECT tab, line FROM pg_temp.node_incoming) THEN
		RETURN;
	END IF;
	DELETE FROM authorisation_cidr;
	DELETE FROM authorisation;
	DELETE FROM key_rule;
	DELETE FROM junk_value;
	DELETE FROM noise_rule;
	DELETE FROM role_rule;
	DELETE FROM evidence_rule;
	DELETE FROM evidence_family;
	DELETE FROM virtual_mac;
	FOREACH t IN ARRAY ARRAY['realm', 'authorisation', 'authorisation_cidr', 'key_rule',
			'junk_value', 'noise_rule', 'role_rule', 'evidence_rule',
			'evidence_family', 'virtual_mac', 'run'] LOOP
		EXECUTE format('INSERT INTO cadastre.%I OVERRIDING SYSTEM VALUE SELECT (x.r).* FROM ('
			'SELECT line::cadastre.%I AS r FROM pg_temp.node_incoming WHERE tab = %L OFFSET 0) x '
			'ON CONFLICT DO NOTHING', t, t, t);
	END LOOP;
	TRUNCATE pg_temp.node_incoming;
END $$;
