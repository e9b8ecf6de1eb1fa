-- SPDX-License-Identifier: Apache-2.0
-- Roles that say more than "controller", "switch" or "server", where the thing itself states what it is; and a kind of rule
-- for the product of a service. What serves a control protocol and does not say more stays a controller.

ALTER TABLE cadastre.role_rule DROP CONSTRAINT role_rule_kind_check;
ALTER TABLE cadastre.role_rule ADD CONSTRAINT role_rule_kind_check
	CHECK (kind IN ('attribute', 'protocol', 'product', 'port', 'hop', 'any'));
COMMENT ON COLUMN cadastre.role_rule.kind IS
	'attribute: of a fact; protocol, product, port: of a service; hop: it forwards';
COMMENT ON COLUMN cadastre.role_rule.subject IS
	'Regular expression on attribute or protocol, or "tcp/9100"; of a product empty';

INSERT INTO cadastre.role_rule (priority, kind, subject, pattern, role) VALUES
	-- What it says that it is. The broad rules of the same statements stand below.
	(99, 'attribute', '^(hw|os)\.device$', '^(mobile( phone)?|smart ?phone|tablet)$', 'terminal'),
	(98, 'attribute', '^(hw|os)\.device$', '\m(phone|voip|voice|sip)\M|video conferenc', 'phone'),
	(98, 'attribute', '^(hw|os)\.device$', '\m(wap|wlan)\M|access point|wireless controller', 'access-point'),
	(98, 'attribute', '^(hw|os)\.device$', '\m(ups|pdu)\M|uninterruptible|power (device|distribution)', 'ups'),
	(98, 'attribute', '^(hw|os)\.device$', '\mnas\M|storage|tape library', 'storage'),
	(98, 'attribute', '^(hw|os)\.device$', 'hypervisor', 'hypervisor'),
	(98, 'attribute', '^(hw|os)\.device$',
		'lights out|\mbmc\M|onboard administrator|management (processor|controller|module)', 'bmc'),
	(98, 'attribute', '^(hw|os)\.device$', '\mplc\M|programmable (logic|automation) controller', 'plc'),
	(98, 'attribute', '^(hw|os)\.device$', '\mrtu\M|outstation|remote terminal unit', 'rtu'),
	(98, 'attribute', '^(hw|os)\.device$', '\mied\M|protecti(on|ve) relay|merging unit', 'ied'),
	(98, 'attribute', '^(hw|os)\.device$',
		'^((variable|servo|motor|frequency)[a-z -]*)?(drive|inverter|converter)$', 'drive'),
	(98, 'attribute', '^(hw|os)\.device$', '\mhmi\M|operator panel', 'hmi'),
	(97, 'attribute', '^(hw|os)\.device$', 'device server|^((protocol|industrial) )?gateway$', 'gateway'),
	-- CIP's device profiles: drives (AC, DC), communications adapter, PLC, panel, managed switch.
	(96, 'attribute', '^enip\.device_type$', '^(2|19)$', 'drive'),
	(96, 'attribute', '^enip\.device_type$', '^12$', 'gateway'),
	(96, 'attribute', '^enip\.device_type$', '^14$', 'plc'),
	(96, 'attribute', '^enip\.device_type$', '^24$', 'hmi'),
	(96, 'attribute', '^enip\.device_type$', '^44$', 'switch'),
	-- Protection and control devices, and merging units, publish so (IEC 61850-8-1, -9-2).
	(81, 'attribute', '^goose\.control-block$', '', 'ied'),
	(81, 'attribute', '^sv\.id$', '', 'ied'),
	-- Software by its name: above the database that keeps its values, below a control protocol.
	(75, 'product', '', 'historian|\mpi (data archive|web api|server)\M', 'historian'),
	(74, 'product', '', '\m(wincc|intouch|ifix|citect|movicon|zenon)\M|factorytalk view', 'hmi'),
	(72, 'product', '', '\mesxi?\M|proxmox|xenserver|xcp-ng|hyper-v', 'hypervisor'),
	(72, 'attribute', '^os\.(product|family)$', '\mesxi?\M|proxmox|xenserver|xcp-ng|hyper-v', 'hypervisor'),
	(72, 'attribute', '^os\.product$', '^(dsm|qts|truenas|freenas|ontap|data ontap)\M', 'storage'),
	-- Of Windows: a domain controller says so by its registered name and by its directory's root.
	(58, 'attribute', '^nbns\.domain_controller$', '^yes$', 'domain-controller'),
	(58, 'attribute', '^ldap\.controller_level$', '', 'domain-controller'),
	-- Systems of workstations, and of servers; where a build may be either it says nothing.
	(55, 'attribute', '^os\.product$', '^(windows (xp|vista|7|8|8\.1|10|11)|mac ?os( x)?)$', 'terminal'),
	(54, 'attribute', '^os\.product$', '^windows server((?! or ).)*$', 'server'),
	-- It answers at an address of its own, with web pages or without.
	(51, 'protocol', '^ipmi$', '', 'bmc');

-- Access points were switches: those of a network facility stay its own.
DO $$
DECLARE
	before text := pg_get_viewdef('cadastre.asset_system'::regclass);
	after text := replace(before, '''firewall''::text', '''firewall''::text, ''access-point''::text');
BEGIN
	IF after = before THEN
		RAISE EXCEPTION 'asset_system is not as expected';
	END IF;
	EXECUTE 'CREATE OR REPLACE VIEW cadastre.asset_system AS ' || after;
END $$;
