-- SPDX-License-Identifier: Apache-2.0
-- What an asset is made of and runs: of all that is said about it one verdict, by rules that are data.
-- docs/adr/0015 says why.

CREATE TABLE cadastre.evidence_rule (
	source text PRIMARY KEY,
	weight int4 NOT NULL CHECK (weight BETWEEN 1 AND 95),
	self bool NOT NULL,
	basis text NOT NULL DEFAULT '',
	note text NOT NULL CHECK (note <> '')
);
COMMENT ON TABLE cadastre.evidence_rule IS
	'How much it weighs what a source says of operating system and hardware';
COMMENT ON COLUMN cadastre.evidence_rule.source IS 'As facts name it; empty: any that is not here';
COMMENT ON COLUMN cadastre.evidence_rule.weight IS
	'How often it is right, in percent; nothing is beyond doubt';
COMMENT ON COLUMN cadastre.evidence_rule.self IS
	'The device or its software says it of itself: only that contradicts what others of it say';
COMMENT ON COLUMN cadastre.evidence_rule.basis IS
	'What it concludes from, if others conclude from the same: they count once. Empty: from its own';
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
	('greeting', 60, true, 'what a reply says, where no protocol is named'),
	('listening', 85, true, 'what it was heard to say of itself, where no protocol is named'),
	('nmap', 40, false, 'a guess of another program by the network stack, and who registered the MAC address'),
	-- who registered the MAC address: the maker of the interface, seldom of more
	('mac', 40, false, 'by a MAC address that was overheard'),
	('arp', 40, false, 'by the MAC address that answered'),
	('syn', 40, false, 'by the MAC address that answered'),
	('echo', 40, false, 'by the MAC address that answered'),
	('trace', 40, false, 'by the MAC address that answered'),
	-- the network stack
	('stack', 20, false, 'signature of a SYN-ACK, which is right for few and wrong for many');
-- One look at the list of makers of interfaces, one front end.
UPDATE cadastre.evidence_rule SET basis = 'mac'
WHERE source IN ('mac', 'arp', 'syn', 'echo', 'trace', 'nmap');
UPDATE cadastre.evidence_rule SET basis = 'http' WHERE source IN ('http', 'http2');

CREATE TABLE cadastre.evidence_family (
	aspect text NOT NULL CHECK (aspect IN ('os', 'vendor')),
	word text NOT NULL CHECK (word ~ '^[a-z0-9]+( [a-z0-9]+)*$'),
	family text NOT NULL,
	member text NOT NULL,
	broad bool NOT NULL,
	note text NOT NULL CHECK (note <> ''),
	PRIMARY KEY (aspect, word)
);
COMMENT ON TABLE cadastre.evidence_family IS
	'Which operating systems and makers do not contradict one another, though they have different names';
COMMENT ON COLUMN cadastre.evidence_family.word IS
	'The first of these words that stands in a name tells its family';
COMMENT ON COLUMN cadastre.evidence_family.family IS 'Empty: of any family, it contradicts none';
COMMENT ON COLUMN cadastre.evidence_family.member IS
	'Which of the family, "what/made of it": two of different ones contradict. Empty: that is not told';
COMMENT ON COLUMN cadastre.evidence_family.broad IS
	'A name of such words alone names the family and no more; another of the family says more';
INSERT INTO cadastre.evidence_family (aspect, word, family, member, broad, note) VALUES
	('os', 'linux', 'Linux', '', true, 'the kernel'),
	('os', 'gnu', 'Linux', '', true, 'the kernel'),
	('os', 'debian', 'Linux', 'Debian', false, 'a distribution'),
	('os', 'ubuntu', 'Linux', 'Ubuntu', false, 'a distribution'),
	('os', 'hat', 'Linux', 'Red Hat', false, 'a distribution'),
	('os', 'redhat', 'Linux', 'Red Hat', false, 'a distribution'),
	('os', 'rhel', 'Linux', 'Red Hat', false, 'a distribution'),
	('os', 'fedora', 'Linux', 'Fedora', false, 'a distribution'),
	('os', 'suse', 'Linux', 'SUSE', false, 'a distribution'),
	('os', 'opensuse', 'Linux', 'SUSE', false, 'a distribution'),
	('os', 'sles', 'Linux', 'SUSE', false, 'a distribution'),
	('os', 'gentoo', 'Linux', 'Gentoo', false, 'a distribution'),
	('os', 'alpine', 'Linux', 'Alpine', false, 'a distribution'),
	('os', 'arch linux', 'Linux', 'Arch', false, 'a distribution'),
	('os', 'slackware', 'Linux', 'Slackware', false, 'a distribution'),
	('os', 'amazon linux', 'Linux', 'Amazon', false, 'a distribution'),
	('os', 'kylin', 'Linux', 'Kylin', false, 'a distribution'),
	('os', 'openeuler', 'Linux', 'openEuler', false, 'a distribution'),
	('os', 'anolis', 'Linux', 'Anolis', false, 'a distribution'),
	('os', 'kali', 'Linux', 'Debian/Kali', false, 'made of another distribution'),
	('os', 'raspbian', 'Linux', 'Debian/Raspbian', false, 'made of another distribution'),
	('os', 'devuan', 'Linux', 'Debian/Devuan', false, 'made of another distribution'),
	('os', 'proxmox', 'Linux', 'Debian/Proxmox', false, 'made of another distribution'),
	('os', 'uos', 'Linux', 'Debian/UOS', false, 'made of another distribution'),
	('os', 'deepin', 'Linux', 'Debian/deepin', false, 'made of another distribution'),
	('os', 'edgeos', 'Linux', 'Debian/EdgeOS', false, 'made of another distribution'),
	('os', 'vyos', 'Linux', 'Debian/VyOS', false, 'made of another distribution'),
	('os', 'truenas scale', 'Linux', 'Debian/TrueNAS', false, 'made of another distribution'),
	('os', 'linux mint', 'Linux', 'Ubuntu/Mint', false, 'made of another distribution'),
	('os', 'centos', 'Linux', 'Red Hat/CentOS', false, 'made of another distribution'),
	('os', 'rocky linux', 'Linux', 'Red Hat/Rocky', false, 'made of another distribution'),
	('os', 'almalinux', 'Linux', 'Red Hat/Alma', false, 'made of another distribution'),
	('os', 'alma linux', 'Linux', 'Red Hat/Alma', false, 'made of another distribution'),
	('os', 'oracle linux', 'Linux', 'Red Hat/Oracle', false, 'made of another distribution'),
	('os', 'android', 'Linux', 'Android', false, 'made of Linux'),
	('os', 'openwrt', 'Linux', 'OpenWrt', false, 'made of Linux'),
	('os', 'lede', 'Linux', 'OpenWrt', false, 'made of Linux'),
	('os', 'routeros', 'Linux', 'RouterOS', false, 'made of Linux'),
	('os', 'dsm', 'Linux', 'DSM', false, 'made of Linux'),
	('os', 'qts', 'Linux', 'QTS', false, 'made of Linux'),
	('os', 'fortios', 'Linux', 'FortiOS', false, 'made of Linux'),
	('os', 'gaia', 'Linux', 'Gaia', false, 'made of Linux'),
	('os', 'tizen', 'Linux', 'Tizen', false, 'made of Linux'),
	('os', 'webos', 'Linux', 'webOS', false, 'made of Linux'),
	('os', 'chromeos', 'Linux', 'ChromeOS', false, 'made of Linux'),
	('os', 'windows', 'Windows', '', true, 'all its editions'),
	('os', 'microsoft', 'Windows', '', true, 'all its editions'),
	('os', 'bsd', 'BSD', '', true, 'all its descendants'),
	('os', 'freebsd', 'BSD', 'FreeBSD', false, 'a descendant'),
	('os', 'openbsd', 'BSD', 'OpenBSD', false, 'a descendant'),
	('os', 'netbsd', 'BSD', 'NetBSD', false, 'a descendant'),
	('os', 'dragonfly', 'BSD', 'DragonFly', false, 'a descendant'),
	('os', 'opnsense', 'BSD', 'FreeBSD/OPNsense', false, 'made of FreeBSD'),
	('os', 'pfsense', 'BSD', 'FreeBSD/pfSense', false, 'made of FreeBSD'),
	('os', 'freenas', 'BSD', 'FreeBSD/TrueNAS', false, 'made of FreeBSD'),
	('os', 'truenas core', 'BSD', 'FreeBSD/TrueNAS', false, 'made of FreeBSD'),
	('os', 'junos', 'BSD', 'FreeBSD/Junos', false, 'made of FreeBSD'),
	('os', 'netscaler', 'BSD', 'FreeBSD/NetScaler', false, 'made of FreeBSD'),
	('os', 'mac os', 'macOS', '', true, 'all its names'),
	('os', 'macos', 'macOS', '', true, 'all its names'),
	('os', 'os x', 'macOS', '', true, 'all its names'),
	('os', 'osx', 'macOS', '', true, 'all its names'),
	('os', 'darwin', 'macOS', '', true, 'all its names'),
	('os', 'solaris', 'Solaris', '', true, 'all its names'),
	('os', 'sunos', 'Solaris', '', true, 'all its names'),
	('os', 'illumos', 'Solaris', 'illumos', false, 'all its names'),
	('os', 'smartos', 'Solaris', 'illumos/SmartOS', false, 'all its names'),
	('os', 'simatic', 'SIMATIC', '', false, 'firmware of its maker'),
	('os', 'vxworks', 'VxWorks', '', false, 'a system of its own'),
	('os', 'qnx', 'QNX', '', false, 'a system of its own'),
	('os', 'vrp', 'VRP', '', false, 'firmware of its maker'),
	('os', 'comware', 'Comware', '', false, 'firmware of its maker'),
	('os', 'ios', 'IOS', '', false, 'firmware of its maker'),
	('os', 'ros', 'ROS', '', false, 'firmware of RuggedCom'),
	('os', 'aos', 'AOS', '', false, 'firmware of APC'),
	('os', 'esxi', 'ESXi', '', false, 'a hypervisor'),
	('os', 'esx', 'ESXi', '', false, 'a hypervisor'),
	('os', 'unix', '', '', true, 'says little: many are'),
	('os', 'truenas', '', '', false, 'of FreeBSD or of Linux'),
	('vendor', 'hp', 'Hewlett Packard', '', false, 'several names and parts'),
	('vendor', 'hpe', 'Hewlett Packard', '', false, 'several names and parts'),
	('vendor', 'hewlett', 'Hewlett Packard', '', false, 'several names and parts'),
	('vendor', 'aruba', 'Hewlett Packard', '', false, 'several names and parts'),
	('vendor', 'procurve', 'Hewlett Packard', '', false, 'several names and parts'),
	('vendor', 'schneider', 'Schneider Electric', '', false, 'several names and parts'),
	('vendor', 'telemecanique', 'Schneider Electric', '', false, 'several names and parts'),
	('vendor', 'modicon', 'Schneider Electric', '', false, 'several names and parts'),
	('vendor', 'apc', 'Schneider Electric', '', false, 'several names and parts'),
	('vendor', 'american power conversion', 'Schneider Electric', '', false, 'several names and parts'),
	('vendor', 'rockwell', 'Rockwell Automation', '', false, 'several names and parts'),
	('vendor', 'allen bradley', 'Rockwell Automation', '', false, 'several names and parts'),
	('vendor', 'siemens', 'Siemens', '', false, 'several names and parts'),
	('vendor', 'ruggedcom', 'Siemens', '', false, 'several names and parts'),
	('vendor', 'nokia', 'Nokia', '', false, 'of Nokia Siemens Networks the first'),
	('vendor', 'ge', 'General Electric', '', false, 'several names'),
	('vendor', 'general electric', 'General Electric', '', false, 'several names'),
	('vendor', 'cisco', 'Cisco', '', false, 'several names and parts'),
	('vendor', 'meraki', 'Cisco', '', false, 'several names and parts'),
	('vendor', 'linksys', 'Cisco', '', false, 'several names and parts'),
	('vendor', 'dell', 'Dell', '', false, 'several names and parts'),
	('vendor', 'emc', 'Dell', '', false, 'several names and parts'),
	('vendor', 'lenovo', 'Lenovo', '', false, 'several names'),
	('vendor', 'beckhoff', 'Beckhoff', '', false, 'several names'),
	('vendor', 'huawei', 'Huawei', '', false, 'several names'),
	('vendor', 'moxa', 'Moxa', '', false, 'several names'),
	('vendor', 'omron', 'Omron', '', false, 'several names'),
	('vendor', 'axis', 'Axis', '', false, 'several names'),
	('vendor', 'hikvision', 'Hikvision', '', false, 'several names'),
	('vendor', 'dahua', 'Dahua', '', false, 'several names'),
	('vendor', 'uniview', 'Uniview', '', false, 'several names'),
	('vendor', 'zte', 'ZTE', '', false, 'several names'),
	('vendor', 'ruijie', 'Ruijie', '', false, 'several names'),
	('vendor', 'phoenix contact', 'Phoenix Contact', '', false, 'several names'),
	('vendor', 'h3c', 'H3C', '', false, 'several names'),
	('vendor', '3com', 'H3C', '', false, 'several names');

-- Whether one of two names of makers has all of the other.
CREATE FUNCTION cadastre.one_in_other(a text, b text) RETURNS bool
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT strpos(' ' || a || ' ', ' ' || b || ' ') > 0 OR strpos(' ' || b || ' ', ' ' || a || ' ') > 0
$$;

-- Whether two versions of one thing may be of one machine: "12" and "12.4" may, "10" and "12" not.
CREATE FUNCTION cadastre.versions_differ(a text, b text) RETURNS bool
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT coalesce(NOT starts_with(v || '.', w || '.') AND NOT starts_with(w || '.', v || '.'), false)
	FROM (SELECT substring(lower(a) FROM '^v?([0-9]+(?:[.][0-9]+)*)') AS v,
		substring(lower(b) FROM '^v?([0-9]+(?:[.][0-9]+)*)') AS w) x
$$;

-- What one source says of an asset at one place is one record, and a name, its version and its maker come
-- from one record. The weightiest record leads: it tells the family, and the weightiest of that family that
-- says more than the family tells what the others are held against. Of those that agree with it, that which
-- says most is the verdict. What is not clear neither agrees nor contradicts. The maker of a model is the
-- maker of the asset, or there is no model. Somebody else's word (a file) is not what a device says itself.
CREATE FUNCTION cadastre.claims_of(some_assets int8[])
RETURNS TABLE (asset_id int8, aspect text, value text, source text, subject text, weight int4,
	stand text, place int8, basis text)
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH record AS MATERIALIZED (
		SELECT f.asset_id, f.subject, f.source, bool_and(f.grade = 'claimed') AS claimed,
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
		SELECT r.asset_id, r.subject, r.source, c.*, e.self AND NOT r.claimed AS self,
			coalesce(nullif(e.basis, ''), r.source) AS basis,
			greatest(1, round(e.weight * CASE WHEN c.certainty ~ '^(0|1)?(\.[0-9]{1,6})?$'
				THEN least(1, nullif(c.certainty, '')::float8) ELSE 1 END))::int4 AS weight
		FROM record r
		CROSS JOIN LATERAL (VALUES
			('os', CASE WHEN r.os_product IS NULL THEN 2 ELSE 1 END,
				coalesce(r.os_product, r.os_family),
				CASE WHEN strpos(lower(coalesce(r.os_product, r.os_family)), lower(r.os_vendor)) = 0
					THEN r.os_vendor || ' ' ELSE '' END || coalesce(r.os_product, r.os_family)
					|| coalesce(' ' || r.os_version, ''),
				'os', concat_ws(' ', r.os_family, r.os_vendor, r.os_product),
				coalesce(lower(r.os_family), ''), r.os_version, r.os_certainty),
			('vendor', 1, r.hw_vendor, r.hw_vendor, 'vendor', coalesce(r.hw_vendor, ''), NULL,
				NULL, r.hw_certainty),
			('model', CASE WHEN r.hw_model IS NULL THEN 2 ELSE 1 END,
				coalesce(r.hw_model, r.hw_product), coalesce(r.hw_model, r.hw_product),
				'vendor', coalesce(r.hw_vendor, ''), NULL, NULL, r.hw_certainty),
			('device', CASE WHEN r.hw_device IS NULL THEN 2 ELSE 1 END,
				coalesce(r.hw_device, r.os_device), coalesce(r.hw_device, r.os_device), '', '', '', NULL,
				CASE WHEN r.hw_device IS NULL THEN r.os_certainty ELSE r.hw_certainty END))
			AS c (aspect, kind, value, full_name, side, name, fallback, version, certainty)
		JOIN evidence_rule e ON e.source = CASE
			WHEN EXISTS (SELECT FROM evidence_rule o WHERE o.source = r.source) THEN r.source
			ELSE '' END
		WHERE c.value <> '' AND (c.aspect <> 'device' OR lower(c.value) <> 'general')
	), read AS MATERIALIZED (
		-- Names are few, however many say them.
		SELECT n.*, ' ' || btrim(regexp_replace(lower(left(n.name, 200)), '[[:space:][:punct:]]+', ' ',
			'g')) || ' ' AS words
		FROM (SELECT DISTINCT side, name, fallback FROM claim) n
	), known AS MATERIALIZED (
		-- Of a maker whom nobody knows the whole name counts, without its legal form.
		SELECT n.side, n.name, n.fallback, m.member, coalesce(k.family, n.fallback, nullif(btrim(
				regexp_replace(n.words, ' (gmbh|ag|kg|inc|incorporated|co|company|corp|corporation'
				'|ltd|limited|llc|plc|sa|spa|srl|ab|oy|bv)(?= )', '', 'g')), ''), btrim(n.words))
				AS family,
			n.side = 'os' AND NOT EXISTS (SELECT FROM regexp_split_to_table(btrim(n.words), ' ') w
				WHERE NOT EXISTS (SELECT FROM evidence_family f
					WHERE f.aspect = 'os' AND f.word = w AND f.broad)) AS broad,
			ARRAY(SELECT w[1] FROM regexp_matches(lower(left(n.name, 200)),
				'(?<![a-z0-9.])[0-9]+(?:[.][0-9]+)*(?![a-z0-9.])', 'g') w) AS numbers
		FROM read n
		LEFT JOIN LATERAL (SELECT f.family FROM evidence_family f
			WHERE f.aspect = n.side AND strpos(n.words, ' ' || f.word || ' ') > 0
			ORDER BY f.family = '', strpos(n.words, ' ' || f.word || ' '), length(f.word) DESC
			LIMIT 1) k ON true
		CROSS JOIN LATERAL (SELECT coalesce((SELECT f.member FROM evidence_family f
			WHERE f.aspect = n.side AND f.family = k.family AND f.member <> ''
				AND strpos(n.words, ' ' || f.word || ' ') > 0
			ORDER BY strpos(n.words, ' ' || f.word || ' '), length(f.word) DESC
			LIMIT 1), '') AS member) m
	), named AS (
		-- A system says: its family, a name that nobody knows, of which it is, and what is made of that.
		SELECT c.*, lower(CASE WHEN c.aspect <> 'os' OR c.version IS NULL THEN c.full_name
				ELSE left(c.full_name, -1 - length(c.version)) END) AS plain,
			k.family, k.member, k.numbers, CASE WHEN c.aspect <> 'os' THEN 1
				WHEN k.member <> '' THEN 2 + (strpos(k.member, '/') > 0)::int4
				WHEN k.broad OR c.kind = 2 THEN 0 ELSE 1 END AS says
		FROM claim c
		JOIN known k ON k.side = c.side AND k.name = c.name
			AND k.fallback IS NOT DISTINCT FROM c.fallback
	), made AS (
		SELECT n.*, n.aspect = 'model' AND n.family <> '' AND NOT one_in_other(n.family, first_value(
				CASE n.aspect WHEN 'vendor' THEN n.family ELSE '' END) OVER (
				PARTITION BY n.asset_id ORDER BY n.aspect <> 'vendor', NOT n.self,
				n.weight DESC, n.subject NOT LIKE '% %', n.subject COLLATE "C",
				n.source COLLATE "C")) AS alien
		FROM named n
	), family AS (
		SELECT m.*, first_value(m.family) OVER (PARTITION BY m.asset_id, m.aspect ORDER BY m.alien,
			NOT m.self, m.weight DESC, m.family = '', m.says = 0, m.kind, m.subject NOT LIKE '% %',
			m.subject COLLATE "C", m.source COLLATE "C") AS lead_family
		FROM made m
	), led AS (
		SELECT m.*, first_value(m.plain) OVER front AS lead_plain,
			first_value(m.kind) OVER front AS lead_kind,
			first_value(m.says) OVER front AS lead_says,
			first_value(m.member) OVER front AS lead_member,
			first_value(m.numbers) OVER front AS lead_numbers,
			first_value(m.version) OVER front AS lead_version
		FROM family m
		WINDOW front AS (PARTITION BY m.asset_id, m.aspect ORDER BY m.alien,
			m.family <> m.lead_family, NOT m.self, m.says = 0, m.weight DESC, m.kind,
			m.subject NOT LIKE '% %', m.subject COLLATE "C", m.source COLLATE "C")
	), held AS (
		SELECT l.*, CASE WHEN l.aspect = 'os' THEN CASE
				WHEN '' IN (l.family, l.lead_family) AND l.plain <> l.lead_plain THEN NULL
				WHEN l.family <> l.lead_family THEN false
				WHEN 0 IN (l.says, l.lead_says) THEN true
				WHEN l.member = l.lead_member AND l.member <> ''
				THEN NOT versions_differ(l.version, l.lead_version)
				WHEN l.member <> '' AND l.lead_member <> '' THEN
					starts_with(l.member || '/', l.lead_member || '/')
					OR starts_with(l.lead_member || '/', l.member || '/')
				WHEN l.member <> l.lead_member THEN NULL
				WHEN l.numbers && l.lead_numbers OR strpos(l.plain, l.lead_plain) > 0
					OR strpos(l.lead_plain, l.plain) > 0 THEN true
				WHEN '{}' IN (l.numbers, l.lead_numbers) THEN NULL
				ELSE false END
			WHEN l.plain = l.lead_plain THEN true
			WHEN l.aspect = 'vendor' THEN CASE WHEN '' IN (l.family, l.lead_family) THEN NULL
				ELSE one_in_other(l.family, l.lead_family) END
			ELSE strpos(l.plain, l.lead_plain) > 0 OR strpos(l.lead_plain, l.plain) > 0
			END AS fits
		FROM led l
	), stood AS (
		SELECT h.*, CASE WHEN h.alien THEN 'contradicts' WHEN h.fits THEN 'agrees'
			WHEN h.fits IS NULL THEN 'is not clear'
			WHEN h.self AND (h.kind = h.lead_kind OR h.aspect IN ('os', 'vendor'))
			THEN 'contradicts' ELSE 'differs' END AS stand
		FROM held h
	)
	SELECT s.asset_id, s.aspect, s.full_name, s.source, s.subject, s.weight, s.stand,
		row_number() OVER (PARTITION BY s.asset_id, s.aspect ORDER BY s.stand <> 'agrees',
			NOT s.self, s.says DESC, s.weight DESC, s.kind, length(s.full_name) DESC,
			s.subject NOT LIKE '% %', s.subject COLLATE "C", s.source COLLATE "C"), s.basis
	FROM stood s
$$;
COMMENT ON FUNCTION cadastre.claims_of(int8[]) IS
	'What is said of operating system, maker, model and kind of assets; of each the first that agrees is the verdict';

-- Once for all, by the rules: what lists show and sort by is what the verdict says. What was filed of
-- other times (asset_past) stays as it was said then.
UPDATE cadastre.asset a SET vendor = w.vendor, model = w.model, os = w.os
FROM (
	SELECT o.asset_id, coalesce(v.vendor, '') AS vendor, coalesce(v.model, '') AS model,
		coalesce(v.os, '') AS os
	FROM asset o
	LEFT JOIN (
		SELECT c.asset_id, max(c.value) FILTER (WHERE c.aspect = 'vendor') AS vendor,
			max(c.value) FILTER (WHERE c.aspect = 'model') AS model,
			max(c.value) FILTER (WHERE c.aspect = 'os') AS os
		FROM claims_of(ARRAY(SELECT asset_id FROM asset WHERE merged_into IS NULL)) c
		WHERE c.place = 1 AND c.stand = 'agrees'
		GROUP BY c.asset_id) v USING (asset_id)
	WHERE o.merged_into IS NULL) w
WHERE a.asset_id = w.asset_id
	AND (a.vendor, a.model, a.os) IS DISTINCT FROM (w.vendor, w.model, w.os);

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
