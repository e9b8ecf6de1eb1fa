/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the sample estates; see sample_estate.h. */
#include "tests/unit/mapper/sample_estate.h"

#include "common/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AS_OF_US (1764086400LL * 1000000) /* 2025-11-25T16:00:00Z */

static const char *const names[SAMPLE_N] = {"lab", "hostile", "empty", "one-host", "no-links",
	"star", "singletons", "networks", "city", "metropolis", "province", "sparse", "six"};

const char *sample_name(enum sample which)
{
	return names[which];
}

static void *need(void *memory)
{
	if (!memory) {
		fputs("sample_estate: no memory\n", stderr);
		exit(1);
	}
	return memory;
}

static struct estate *estate_new(struct arena *arena, const char *realm, uint32_t most)
{
	struct estate *e = need(arena_alloc(arena, sizeof(*e)));

	e->arena = arena;
	e->realm = realm;
	e->as_of_us = AS_OF_US;
	e->run_id = 7;
	e->systems = need(arena_alloc(arena, 512 * sizeof(*e->systems)));
	e->subnets = need(arena_alloc(arena, 512 * sizeof(*e->subnets)));
	e->assets = need(arena_alloc(arena, most * sizeof(*e->assets)));
	e->addresses = need(arena_alloc(arena, 2ul * most * sizeof(*e->addresses)));
	e->services = need(arena_alloc(arena, 2ul * most * sizeof(*e->services)));
	e->links = need(arena_alloc(arena, 2ul * most * sizeof(*e->links)));
	return e;
}

static uint32_t add_system(struct estate *e, const char *id, const char *name,
	const char *organisation, const char *sector, const char *business, uint8_t tier,
	const char *designation_no)
{
	struct estate_system *s = &e->systems[e->n_systems];

	s->id = id;
	s->name = name;
	s->organisation = organisation;
	s->sector = sector;
	s->business = business;
	s->tier = tier;
	s->designated = designation_no[0] != '\0';
	s->designation_no = designation_no;
	s->designation_pack = s->designated ? "energy-power 1.0" : "";
	return e->n_systems++;
}

static uint32_t add_subnet(
	struct estate *e, const char *prefix, const char *name, const char *zone)
{
	struct estate_subnet *s = &e->subnets[e->n_subnets];
	struct error err = {0};

	if (cidr_parse(prefix, &s->cidr, &err) < 0) {
		fprintf(stderr, "sample_estate: %s\n", err.text);
		exit(1);
	}
	s->name = name;
	s->zone = zone;
	return e->n_subnets++;
}

static struct estate_asset *add_asset(
	struct estate *e, const char *name, enum asset_role role, uint32_t system)
{
	struct estate_asset *a = &e->assets[e->n_assets];

	a->id = 1000 + e->n_assets;
	a->name = name;
	a->role = role;
	a->vendor = a->model = a->os = "";
	a->system = system;
	a->first_address = e->n_addresses;
	a->first_service = e->n_services;
	e->n_assets++;
	return a;
}

/* Of the newest asset; the subnet is the one that holds the address. */
static void add_address(struct estate *e, struct addr addr)
{
	uint32_t asset = e->n_assets - 1;
	struct estate_address *a = &e->addresses[e->n_addresses++];

	a->asset = asset;
	a->addr = addr;
	a->subnet = ESTATE_NONE;
	for (uint32_t i = 0; i < e->n_subnets && a->subnet == ESTATE_NONE; i++)
		if (cidr_contains(&e->subnets[i].cidr, &addr))
			a->subnet = i;
	a->mac.bytes[0] = 0x02;
	a->mac.bytes[4] = (uint8_t)(asset >> 8);
	a->mac.bytes[5] = (uint8_t)asset;
	e->assets[asset].n_addresses++;
}

static void add_service(struct estate *e, uint16_t port, const char *protocol,
	const char *product, bool exposed)
{
	struct estate_asset *a = &e->assets[e->n_assets - 1];
	struct estate_service *s = &e->services[e->n_services++];

	s->asset = e->n_assets - 1;
	s->addr = e->addresses[a->first_address].addr;
	s->transport = 6;
	s->port = port;
	s->protocol = protocol;
	s->product = product;
	s->version = "";
	s->exposed = exposed;
	a->n_services++;
	a->exposed |= exposed;
}

static void add_link(struct estate *e, uint32_t from, uint32_t to, enum link_layer layer,
	enum evidence_grade grade)
{
	e->links[e->n_links++] = (struct estate_link){from, to, layer, grade};
}

/* ---- the register's part ---- */

static void register_new(struct estate *e, uint32_t most)
{
	e->organisations = need(arena_alloc(e->arena, most * sizeof(*e->organisations)));
	e->businesses = need(arena_alloc(e->arena, most * sizeof(*e->businesses)));
	e->supports = need(arena_alloc(e->arena, most * sizeof(*e->supports)));
	e->dependencies = need(arena_alloc(e->arena, most * sizeof(*e->dependencies)));
	e->supplies = need(arena_alloc(e->arena, most * sizeof(*e->supplies)));
	e->exits = need(arena_alloc(e->arena, most * sizeof(*e->exits)));
}

static void add_business(struct estate *e, const char *id, const char *name,
	const char *organisation, const char *sector, bool key)
{
	e->businesses[e->n_businesses++] =
		(struct estate_business){id, name, organisation, sector, key};
}

static void add_support(
	struct estate *e, uint32_t system, uint32_t business, const char *strength)
{
	e->supports[e->n_supports++] = (struct estate_support){system, business, strength};
}

static void add_dependency(struct estate *e, uint32_t from, uint32_t on, const char *strength)
{
	e->dependencies[e->n_dependencies++] = (struct estate_dependency){from, on, strength};
}

static void add_supply(struct estate *e, uint32_t system, const char *supplier,
	const char *service, const char *path)
{
	e->supplies[e->n_supplies++] = (struct estate_supply){
		system, supplier, service, path, path[0] != '\0'};
}

static void add_exit(struct estate *e, const char *id, const char *name, const char *carrier,
	uint32_t asset, const char *system_ids, const char *systems)
{
	e->exits[e->n_exits++] =
		(struct estate_exit){id, name, carrier, asset, system_ids, systems};
}

/* What the ledger of exposures says about the exposed services. */
static void justify(struct estate *e)
{
	static const char *const kinds[][2] = {{"ssh", "administration"}, {"http", "web"},
		{"https", "web"}, {"dns", "naming and time"}, {"rdp", "remote maintenance"},
		{"modbus", "industrial protocol"}};
	uint32_t n = 0;

	for (uint32_t i = 0; i < e->n_services; i++) {
		struct estate_service *s = &e->services[i];

		s->kind = "";
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]) && s->exposed; k++)
			if (strcmp(s->protocol, kinds[k][0]) == 0)
				s->kind = kinds[k][1];
		if (s->exposed && strcmp(s->kind, "web") == 0)
			s->justified = n++ % 3 == 2 ? LEDGER_EXPIRED : LEDGER_JUSTIFIED;
	}
}

/* ---- the lab ---- */

enum { LAB_DISPATCH, LAB_WEBSITE, LAB_OFFICE, LAB_MANAGEMENT, LAB_FREE };

static const struct lab_row {
	const char *name;
	enum asset_role role;
	int system;
	const char *addresses; /* one space between */
	const char *services;  /* port/protocol, "!" after it: exposed */
	const char *vendor, *model, *os;
} lab[] = {
	{"internet-vantage", ASSET_ROLE_HOST, LAB_FREE, "198.18.0.10 2001:db8:0::10", "", "",
		"", ""},
	{"scanner", ASSET_ROLE_HOST, LAB_MANAGEMENT, "198.18.60.5 2001:db8:60::5", "", "", "",
		""},
	{"border", ASSET_ROLE_ROUTER, LAB_MANAGEMENT,
		"198.18.0.1 198.18.1.1 198.18.10.1 2001:db8:0::1 2001:db8:1::1 2001:db8:10::1",
		"22/ssh", "Cisco", "C2900", "IOS 15.7(3)M8"},
	{"core", ASSET_ROLE_ROUTER, LAB_MANAGEMENT,
		"198.18.1.2 198.18.2.1 198.18.20.1 198.18.30.1 198.18.60.1 2001:db8:1::2 "
		"2001:db8:20::1 2001:db8:60::1",
		"22/ssh", "Cisco", "Catalyst 4500", "IOS 15.2(4)E10"},
	{"router-a", ASSET_ROLE_ROUTER, LAB_DISPATCH, "198.18.2.2 198.18.40.1", "22/ssh",
		"Siemens", "RUGGEDCOM RX1500", "ROX II 2.14.1"},
	{"router-b", ASSET_ROLE_ROUTER, LAB_DISPATCH, "198.18.2.3", "22/ssh", "Siemens",
		"RUGGEDCOM RX1500", "ROX II 2.14.1"},
	{"www.lanhe.example", ASSET_ROLE_SERVER, LAB_WEBSITE, "198.18.10.11 2001:db8:10::11",
		"22/ssh 80/http! 443/https!", "", "nginx", "Debian 12"},
	{"portal.lanhe.example", ASSET_ROLE_SERVER, LAB_WEBSITE, "198.18.10.12 2001:db8:10::12",
		"22/ssh 443/https!", "", "nginx", "Debian 12"},
	{"mail.lanhe.example", ASSET_ROLE_SERVER, LAB_WEBSITE, "198.18.10.13 2001:db8:10::13",
		"22/ssh 25/smtp 443/https", "", "Postfix", "Debian 12"},
	{"ns1.lanhe.example", ASSET_ROLE_SERVER, LAB_WEBSITE, "198.18.10.14 2001:db8:10::14",
		"22/ssh 53/dns!", "", "dnsmasq", "Debian 12"},
	{"exchange", ASSET_ROLE_SERVER, LAB_WEBSITE, "198.18.10.15", "21/ftp 22/ssh", "",
		"vsFTPd 3.0.3", ""},
	{"dc1", ASSET_ROLE_SERVER, LAB_OFFICE, "198.18.20.10 2001:db8:20::10", "22/ssh 53/dns",
		"", "dnsmasq", ""},
	{"files", ASSET_ROLE_SERVER, LAB_OFFICE, "198.18.20.11 2001:db8:20::11",
		"21/ftp 22/ssh", "", "ProFTPD", ""},
	{"intranet", ASSET_ROLE_SERVER, LAB_OFFICE, "198.18.20.12 2001:db8:20::12",
		"22/ssh 80/http", "", "nginx", ""},
	{"erp.lanhe.example", ASSET_ROLE_DATABASE, LAB_OFFICE, "198.18.20.13 2001:db8:20::13",
		"22/ssh 443/https 6379/redis", "", "Redis 7", ""},
	{"198.18.20.30", ASSET_ROLE_PRINTER, LAB_OFFICE, "198.18.20.30",
		"80/http 9100/jetdirect", "HP", "LaserJet Enterprise M507", ""},
	{"ws-lin", ASSET_ROLE_TERMINAL, LAB_OFFICE, "198.18.20.41 2001:db8:20::41", "22/ssh",
		"", "", "Debian 12"},
	{"scada1.lanhe.example", ASSET_ROLE_SERVER, LAB_DISPATCH, "198.18.30.11",
		"22/ssh 443/https", "", "nginx", ""},
	{"scada2.lanhe.example", ASSET_ROLE_SERVER, LAB_DISPATCH, "198.18.30.12",
		"22/ssh 443/https", "", "nginx", ""},
	{"historian", ASSET_ROLE_DATABASE, LAB_DISPATCH, "198.18.30.13 198.18.60.13",
		"22/ssh 5432/postgresql", "", "PostgreSQL 15", ""},
	{"front-end", ASSET_ROLE_CONTROLLER, LAB_DISPATCH, "198.18.30.14", "22/ssh 2404/iec104",
		"", "", ""},
	{"broker", ASSET_ROLE_SERVER, LAB_DISPATCH, "198.18.30.15", "22/ssh 1883/mqtt", "",
		"Mosquitto 2.0", ""},
	{"operator1", ASSET_ROLE_TERMINAL, LAB_DISPATCH, "198.18.30.21", "22/ssh", "", "", ""},
	{"rtu-a1", ASSET_ROLE_CONTROLLER, LAB_DISPATCH, "198.18.40.11",
		"502/modbus 2404/iec104", "Schneider Electric", "SAGE 2400", ""},
	{"COOLING-A", ASSET_ROLE_CONTROLLER, LAB_DISPATCH, "198.18.40.12", "102/s7", "Siemens",
		"CPU 315-2 PN/DP", "3.2.6"},
	{"relay-a1", ASSET_ROLE_CONTROLLER, LAB_DISPATCH, "198.18.40.13",
		"23/telnet 20000/dnp3", "SEL", "SEL-421-4", ""},
	{"meter-a1", ASSET_ROLE_CONTROLLER, LAB_DISPATCH, "198.18.40.14", "502/modbus",
		"Schneider Electric", "PM5560", "2.5.4"},
	{"BMS-A", ASSET_ROLE_CONTROLLER, LAB_DISPATCH, "198.18.40.15", "80/http",
		"Automated Logic Corporation", "LGR1000", "6.00a"},
	{"vendor-gw", ASSET_ROLE_UNKNOWN, LAB_DISPATCH, "198.18.40.20", "22/ssh!", "Moxa", "",
		""},
	{"rtu-b1", ASSET_ROLE_CONTROLLER, LAB_DISPATCH, "198.18.50.11", "2404/iec104",
		"Schneider Electric", "", ""},
	{"198.18.50.12", ASSET_ROLE_CONTROLLER, LAB_DISPATCH, "198.18.50.12", "44818/enip",
		"Rockwell Automation", "1756-L71/B LOGIX5571", "20.11"},
	{"relay-b1", ASSET_ROLE_CONTROLLER, LAB_DISPATCH, "198.18.50.13", "20000/dnp3", "SEL",
		"", ""},
	{"meter-b1", ASSET_ROLE_CONTROLLER, LAB_DISPATCH, "198.18.50.14", "502/modbus",
		"Schneider Electric", "PM5560", "2.7.4"},
	{"hmi-b1", ASSET_ROLE_TERMINAL, LAB_DISPATCH, "198.18.50.15", "22/ssh 80/http", "", "",
		""},
	{"sw-mgmt", ASSET_ROLE_SWITCH, LAB_MANAGEMENT, "198.18.60.2 2001:db8:60::2", "22/ssh",
		"Cisco", "C2960X", "IOS 15.2(7)E4"},
	{"nms.lanhe.example", ASSET_ROLE_SERVER, LAB_MANAGEMENT, "198.18.60.10 2001:db8:60::10",
		"22/ssh 443/https", "", "nginx", "Debian 12"},
	{"backup", ASSET_ROLE_SERVER, LAB_MANAGEMENT, "198.18.60.11 2001:db8:60::11",
		"22/ssh 6379/redis", "", "", ""},
	{"jump", ASSET_ROLE_SERVER, LAB_MANAGEMENT, "198.18.60.12 2001:db8:60::12", "2222/ssh",
		"", "OpenSSH 9.2", ""},
	{"ups-1", ASSET_ROLE_UNKNOWN, LAB_FREE, "198.18.60.20", "80/http", "APC", "AP9630", ""},
};

static uint32_t lab_asset(const struct estate *e, const char *name)
{
	for (uint32_t i = 0; i < e->n_assets; i++)
		if (strcmp(e->assets[i].name, name) == 0)
			return i;
	fprintf(stderr, "sample_estate: no asset %s\n", name);
	exit(1);
}

static void lab_services(struct estate *e, const char *services)
{
	const char *at = services;
	unsigned int port;
	char protocol[32];
	int used;

	while (sscanf(at, " %u/%31[a-z0-9]%n", &port, protocol, &used) == 2) {
		at += used;
		add_service(e, (uint16_t)port, need(arena_strdup(e->arena, protocol)), "",
			*at == '!');
		at += *at == '!';
	}
}

static void lab_networks(struct estate *e)
{
	add_subnet(e, "198.18.0.0/24", "internet", "internet");
	add_subnet(e, "198.18.1.0/30", "transit", "");
	add_subnet(e, "198.18.2.0/29", "wan", "");
	add_subnet(e, "198.18.10.0/24", "dmz", "boundary");
	add_subnet(e, "198.18.20.0/24", "office", "office");
	add_subnet(e, "198.18.30.0/24", "dispatch", "control");
	add_subnet(e, "198.18.40.0/24", "substation-a", "control");
	add_subnet(e, "198.18.50.0/24", "substation-b", "control");
	add_subnet(e, "198.18.60.0/24", "management", "management");
	add_subnet(e, "2001:db8:0::/64", "", "");
	add_subnet(e, "2001:db8:1::/64", "", "");
	add_subnet(e, "2001:db8:10::/64", "", "");
	add_subnet(e, "2001:db8:20::/64", "", "");
	add_subnet(e, "2001:db8:60::/64", "", "");
}

static void lab_links(struct estate *e)
{
	static const struct {
		const char *from, *to;
		enum link_layer layer;
		enum evidence_grade grade;
	} rows[] = {
		{"scanner", "core", LINK_L3, GRADE_MEASURED},
		{"core", "border", LINK_L3, GRADE_MEASURED},
		{"core", "router-a", LINK_L3, GRADE_MEASURED},
		{"core", "router-b", LINK_L3, GRADE_MEASURED},
		{"border", "www.lanhe.example", LINK_L3, GRADE_MEASURED},
		{"router-a", "rtu-a1", LINK_L3, GRADE_MEASURED},
		{"router-b", "rtu-b1", LINK_L3, GRADE_MEASURED},
		{"router-b", "meter-b1", LINK_L3, GRADE_MEASURED},
		{"sw-mgmt", "nms.lanhe.example", LINK_L2, GRADE_CLAIMED},
		{"sw-mgmt", "core", LINK_L2, GRADE_CLAIMED},
		{"www.lanhe.example", "erp.lanhe.example", LINK_DEPENDENCY, GRADE_ATTESTED},
		{"erp.lanhe.example", "historian", LINK_FLOW, GRADE_DERIVED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		add_link(e, lab_asset(e, rows[i].from), lab_asset(e, rows[i].to), rows[i].layer,
			rows[i].grade);
}

static void lab_register(struct estate *e)
{
	static const struct estate_organisation rows[] = {
		{"lanhe-power", "Lanhe Power", "energy.power", "440304"},
		{"grid", "Grid Automation Centre", "energy.power", "440305"},
		{"telecom", "Southern Telecom", "telecom", "440300"},
	};
	uint32_t telecom;

	register_new(e, 16);
	memcpy(e->organisations, rows, sizeof(rows));
	e->n_organisations = 3;
	for (uint32_t i = 0; i < e->n_systems; i++) {
		e->systems[i].manages = "Lanhe Power";
		e->systems[i].division = "440304"; /* that of its organisation */
		e->systems[i].operates = i == LAB_DISPATCH ? "Grid Automation Centre"
					 : i == LAB_OFFICE ? ""
							   : "Lanhe Power";
	}
	telecom = add_system(
		e, "telecom-wan", "Leased lines", "Southern Telecom", "telecom", "", 0, "");
	e->systems[telecom].external = 1;
	add_business(
		e, "customers", "Customer information", "Lanhe Power", "energy.power", false);
	add_business(
		e, "dispatch", "Distribution dispatch", "Lanhe Power", "energy.power", true);
	add_support(e, LAB_DISPATCH, 1, "essential");
	add_support(e, LAB_WEBSITE, 0, "essential");
	add_support(e, LAB_OFFICE, 0, "supporting");
	add_dependency(e, LAB_DISPATCH, LAB_MANAGEMENT, "important");
	add_dependency(e, LAB_DISPATCH, telecom, "essential");
	add_dependency(e, LAB_WEBSITE, LAB_OFFICE, "important");
	add_dependency(e, LAB_OFFICE, LAB_MANAGEMENT, "supporting");
	add_supply(e, LAB_DISPATCH, "Delta Relay Works", "relay maintenance",
		"VPN to 198.18.40.20 port 22");
	add_supply(e, LAB_WEBSITE, "Pearl Hosting", "hosting", "");
	add_supply(e, LAB_OFFICE, "Pearl Hosting", "backup", "");
	add_exit(e, "exit-east", "Circuit East 100M", "Southern Telecom",
		lab_asset(e, "border"), "outage-website; office-automation",
		"Outage website; Office automation");
	justify(e);
}

static struct estate *lab_estate(struct arena *arena)
{
	struct estate *e = estate_new(arena, "lanhe", 64);

	add_system(e, "distribution-dispatch", "Distribution dispatch SCADA", "Lanhe Power",
		"energy.power", "Distribution dispatch", 3, "LH-2026-001");
	add_system(e, "outage-website", "Outage website", "Lanhe Power", "energy.power",
		"Customer information", 2, "");
	add_system(e, "office-automation", "Office automation", "Lanhe Power", "energy.power",
		"", 2, "");
	add_system(e, "network-management", "Network management", "Lanhe Power", "energy.power",
		"", 2, "");
	lab_networks(e);
	for (size_t i = 0; i < sizeof(lab) / sizeof(lab[0]); i++) {
		struct estate_asset *a = add_asset(e, lab[i].name, lab[i].role,
			lab[i].system == LAB_FREE ? ESTATE_NONE : (uint32_t)lab[i].system);
		char text[ADDR_TEXT_MAX];
		const char *at = lab[i].addresses;
		int used;

		a->vendor = lab[i].vendor;
		a->model = lab[i].model;
		a->os = lab[i].os;
		while (sscanf(at, " %45s%n", text, &used) == 1) {
			struct addr addr;

			at += used;
			if (addr_parse(text, &addr, NULL) < 0)
				exit(1);
			add_address(e, addr);
		}
		lab_services(e, lab[i].services);
	}
	lab_links(e);
	lab_register(e);
	return e;
}

/* ---- hostile ---- */

static const char *clean(struct arena *arena, const char *bytes, size_t n)
{
	struct str out = STR_INIT(1 << 20);
	const char *text;

	text_clean(&out, bytes, n, 1 << 20);
	text = need(arena_strdup(arena, out.data));
	str_done(&out);
	return text;
}

static const char *repeated(struct arena *arena, const char *unit, size_t times)
{
	size_t n = strlen(unit);
	char *text = need(arena_alloc(arena, n * times + 1));

	for (size_t i = 0; i < times; i++)
		memcpy(text + i * n, unit, n);
	return text;
}

static struct estate *hostile_estate(struct arena *arena)
{
	static const char *const bad[] = {
		"<script>alert(1)</script>",
		"]]>",
		"\"quoted\" 'twice' `thrice`",
		"a & b &amp; c",
		"-->",
		"\x1b[31mred\x1b[0m",
		"\\x00 %s %n {} $(id)",
		"</style></svg>",
		"مركز التحكم",
		"מרכז בקרה",
		"控制中心服务器",
		"😀🔌⚡",
		"e\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
		"=cmd|' /C calc'!A0",
		"\xff\xfe\xc3",
		("\xe2\x80\xae"
		 "reversed"),
		"",
		" ",
		"javascript:alert(1)",
		"\xef\xb7\x90",
		"\"];",
		"\\\"]; a0 -> a0; x [label=\"",
		"}\ndigraph {",
	};
	static const char nul[] = "before\0</title>";
	struct estate *e = estate_new(arena, clean(arena, "realm <b>\"&'</b>", 16), 64);
	const char *huge = repeated(arena, "W", 10000);

	add_system(e, "s1", repeated(arena, "System ", 1400), huge, clean(arena, "<sector>", 8),
		huge, 3, clean(arena, "]]><script>", 11));
	add_system(e, "s2", clean(arena, bad[8], strlen(bad[8])), "",
		clean(arena, "\"energy\"", 8), "", 5, "");
	add_subnet(e, "198.18.77.0/24", huge, clean(arena, "<zone>", 6));
	add_subnet(e, "198.18.78.0/24", clean(arena, bad[0], strlen(bad[0])), "internet");
	add_subnet(e, "2001:db8:ffff:ffff::/64", "控制网", "");
	for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct estate_asset *a = add_asset(e, clean(arena, bad[i], strlen(bad[i])),
			(enum asset_role)(i % ASSET_ROLE_N), i % 3 == 2 ? ESTATE_NONE : i % 3);

		a->vendor = a->model = a->os = a->name;
		add_address(e, addr_v4(0xc6124d01u + i + (i % 2) * 256));
		add_service(e, (uint16_t)(1 + i), a->name, a->name, i % 5 == 0);
	}
	add_asset(e, clean(arena, nul, sizeof(nul) - 1), ASSET_ROLE_SERVER, 0);
	add_address(e, addr_v4(0xc6124dfcu));
	add_asset(e, huge, ASSET_ROLE_ROUTER, 0)->os = huge;
	add_address(e, addr_v4(0xc6124dfeu));
	add_address(e, addr_v4(0xc6124efeu));
	add_asset(e, repeated(arena, "控", 10000), ASSET_ROLE_CAMERA, 1);
	add_address(e, addr_v4(0xc6124dfdu));
	add_asset(e, repeated(arena, "😀", 2500), ASSET_ROLE_PRINTER, 1);
	add_link(e, 0, 1, LINK_FLOW, GRADE_DERIVED);
	add_link(e, 2, 2, LINK_L2, GRADE_CLAIMED);
	register_new(e, 24);
	for (uint32_t i = 0; i < 20; i++) {
		const char *text = e->assets[i].name;

		add_business(e, text, i == 1 ? huge : text, text, text, i % 2);
		add_support(e, i % 2, i, text);
		add_supply(e, i % 2, i == 2 ? huge : text, text, text);
		add_exit(e, text, text, text, i, i % 2 ? "s1; s2" : text, text);
	}
	add_dependency(e, 0, 1, huge);
	add_dependency(e, 1, 0, "essential");
	e->systems[0].operates = huge;
	return e;
}

/* ---- degenerate and synthetic ---- */

static struct estate *one_host_estate(struct arena *arena)
{
	struct estate *e = estate_new(arena, "local", 4);

	add_subnet(e, "127.0.0.0/8", "loopback", "");
	add_asset(e, "localhost", ASSET_ROLE_HOST, ESTATE_NONE);
	add_address(e, addr_v4(0x7f000001u));
	add_service(e, 22, "ssh", "OpenSSH", false);
	return e;
}

static struct estate *no_links_estate(struct arena *arena)
{
	struct estate *e = estate_new(arena, "apart", 16);

	add_subnet(e, "198.18.1.0/24", "", "");
	add_subnet(e, "198.18.2.0/24", "", "");
	add_subnet(e, "198.18.3.0/24", "", "");
	for (uint32_t i = 0; i < 9; i++) {
		add_asset(e, need(arena_printf(arena, "host-%u", i)), ASSET_ROLE_SERVER,
			ESTATE_NONE);
		add_address(e, addr_v4(0xc6120101u + (i % 3) * 256 + i));
	}
	return e;
}

static struct estate *star_estate(struct arena *arena)
{
	struct estate *e = estate_new(arena, "star", 5001);

	add_subnet(e, "198.18.0.0/16", "star", "");
	add_asset(e, "hub", ASSET_ROLE_ROUTER, ESTATE_NONE);
	add_address(e, addr_v4(0xc6120001u));
	for (uint32_t i = 1; i <= 5000; i++) {
		add_asset(e, need(arena_printf(arena, "leaf-%04u", i)), ASSET_ROLE_TERMINAL,
			ESTATE_NONE);
		add_address(e, addr_v4(0xc6120100u + i));
		add_link(e, 0, i, LINK_L3, GRADE_MEASURED);
	}
	return e;
}

static struct estate *singletons_estate(struct arena *arena)
{
	struct estate *e = estate_new(arena, "scattered", 1000);

	for (uint32_t i = 0; i < 1000; i++) {
		add_asset(e, need(arena_printf(arena, "alone-%04u", i)),
			(enum asset_role)(i % ASSET_ROLE_N), ESTATE_NONE);
		add_address(e, addr_v4(0xc6120000u + i * 64 + 1));
	}
	return e;
}

static struct estate *networks_estate(struct arena *arena)
{
	struct estate *e = estate_new(arena, "wide", 2000);
	char text[CIDR_TEXT_MAX];

	add_subnet(e, "198.18.0.0/24", "backbone", "");
	for (uint32_t i = 0; i < 400; i++) {
		struct addr base = addr_v4(0xc6120100u + (i / 2) * 256 + (i % 2) * 128);
		struct cidr cidr = cidr_of(&base, 25);

		add_subnet(e, cidr_format(&cidr, text),
			need(arena_printf(arena, "net-%03u", i)), "");
	}
	for (uint32_t r = 0; r < 20; r++) {
		add_asset(e, need(arena_printf(arena, "router-%02u", r)), ASSET_ROLE_ROUTER,
			ESTATE_NONE);
		add_address(e, addr_v4(0xc6120001u + r));
		for (uint32_t k = 0; k < 20; k++) {
			uint32_t i = r * 20 + k;

			add_address(e, addr_v4(0xc6120101u + (i / 2) * 256 + (i % 2) * 128));
		}
	}
	for (uint32_t i = 0; i < 400; i++)
		for (uint32_t h = 0; h < 1 + i % 4; h++) {
			add_asset(e, need(arena_printf(arena, "h%03u-%u", i, h)),
				ASSET_ROLE_HOST, ESTATE_NONE);
			add_address(
				e, addr_v4(0xc612010au + (i / 2) * 256 + (i % 2) * 128 + h));
		}
	return e;
}

/* The next number of a fixed sequence (MINSTD). */
static uint32_t next(uint32_t *state)
{
	*state = (uint32_t)((uint64_t)*state * 48271 % 2147483647);
	return *state;
}

static struct estate *city_estate(struct arena *arena, const char *realm, uint32_t n_assets,
	uint32_t n_systems, uint32_t n_networks, uint32_t n_routers)
{
	static const char *const sectors[] = {
		"energy", "water", "transport", "health", "finance"};
	struct estate *e = estate_new(arena, realm, n_assets + n_networks);
	uint32_t seed = 42, each = n_networks / n_routers;
	char text[CIDR_TEXT_MAX];

	for (uint32_t i = 0; i < n_systems; i++) {
		bool cii = i % 11 == 3;

		add_system(e, need(arena_printf(arena, "sys-%02u", i)),
			need(arena_printf(arena, "System %02u", i)), "Operator",
			sectors[i * 5 / n_systems], "", (uint8_t)(next(&seed) % 6),
			cii ? need(arena_printf(arena, "C-%03u", i)) : "");
	}
	for (uint32_t i = 0; i < n_networks; i++) {
		struct addr base = addr_v4(0xc6120000u + i * 256);
		struct cidr cidr = cidr_of(&base, 24);

		add_subnet(e, cidr_format(&cidr, text), "", "");
	}
	for (uint32_t r = 0; r < n_routers; r++) {
		add_asset(e, need(arena_printf(arena, "core-%u", r)), ASSET_ROLE_ROUTER,
			ESTATE_NONE);
		for (uint32_t k = 0; k < each; k++)
			add_address(e, addr_v4(0xc6120001u + (r * each + k) * 256));
		if (r > 0)
			add_link(e, r - 1, r, LINK_L3, GRADE_MEASURED);
	}
	for (uint32_t i = 0; i < n_assets - n_routers; i++) {
		uint32_t net = next(&seed) % n_networks;

		/* Some networks are much fuller. */
		net = net * (next(&seed) % n_networks) / n_networks;
		add_asset(e, need(arena_printf(arena, "asset-%04u", i)),
			(enum asset_role)(next(&seed) % ASSET_ROLE_N),
			net % 20 == 7 ? ESTATE_NONE : net * n_systems / n_networks);
		add_address(e, addr_v4(0xc612000au + net * 256 + e->n_assets % 240));
		add_service(e, 443, "https", "", next(&seed) % 25 == 0);
	}
	return e;
}

/* ---- where systems are ---- */

static const struct {
	const char *name, *sector, *division;
} operators[] = {
	{"State Grid Zhejiang", "energy.power", "330000"},
	{"Hangzhou Power", "energy.power", "330100"},
	{"Ningbo Port", "transport.water", "330200"},
	{"Wenzhou Water", "water", "330300"},
	{"Hangzhou Metro", "transport.rail", "330100"},
	{"Shanghai Exchange", "finance", "310000"},
	{"Shanghai Airport", "transport.air", "310000"},
	{"Jiangsu Telecom", "telecom", "320000"},
	{"Nanjing Health", "health", "320100"},
	{"Capital Bank", "finance", "110000"},
	{"National Railway", "transport.rail", "110000"},
	{"Guangdong Oil", "energy.oil", "440000"},
	{"Shenzhen Cloud", "telecom", "440300"},
	{"Sichuan Hydro", "energy.power", "510000"},
	{"Urumqi Pipeline", "energy.oil", "650100"},
	{"Lanhe Customs", "government", "Lanhe free-trade zone"},
};

#define OPERATORS (sizeof(operators) / sizeof(operators[0]))
#define PER_OPERATOR 3

static void province_register(struct estate *e)
{
	e->organisations = need(arena_alloc(e->arena, 32 * sizeof(*e->organisations)));
	e->businesses = need(arena_alloc(e->arena, 32 * sizeof(*e->businesses)));
	e->supports = need(arena_alloc(e->arena, 64 * sizeof(*e->supports)));
	e->supplies = need(arena_alloc(e->arena, 64 * sizeof(*e->supplies)));
	for (uint32_t i = 0; i < OPERATORS; i++) {
		e->organisations[e->n_organisations++] = (struct estate_organisation){
			operators[i].name, operators[i].name, operators[i].sector,
			operators[i].division};
		e->businesses[e->n_businesses++] =
			(struct estate_business){need(arena_printf(e->arena, "b-%02u", i)),
				need(arena_printf(e->arena, "%s: service", operators[i].name)),
				operators[i].name, operators[i].sector, i % 2 == 0};
	}
}

static struct estate *province_estate(struct arena *arena)
{
	static const char *const kinds[PER_OPERATOR] = {
		"dispatch", "customer portal", "office"};
	static const char *const suppliers[] = {
		"North Maintenance", "Delta Software", "Unity IT"};
	struct estate *e = estate_new(arena, "east", 600);
	char text[CIDR_TEXT_MAX];

	province_register(e);
	for (uint32_t i = 0; i < OPERATORS * PER_OPERATOR; i++) {
		uint32_t o = i / PER_OPERATOR;
		struct addr base = addr_v4(0x0a000000u + o * 65536 + (i % PER_OPERATOR) * 256);
		struct cidr cidr = cidr_of(&base, 24);
		uint32_t s = add_system(e, need(arena_printf(arena, "sys-%02u", i)),
			need(arena_printf(arena, "%s %s", operators[o].name,
				kinds[i % PER_OPERATOR])),
			operators[o].name, operators[o].sector, "",
			(uint8_t)(i % PER_OPERATOR == 0 ? 3 + i % 2 : i % 4),
			i % 9 == 0 ? need(arena_printf(arena, "C-%03u", i)) : "");

		e->systems[s].division = operators[o].division;
		e->systems[s].operates = operators[o].name;
		add_subnet(e, cidr_format(&cidr, text),
			need(arena_printf(arena, "net-%02u", i)), "");
		e->supports[e->n_supports++] = (struct estate_support){s, o, "full"};
		if (i % 4 == 1)
			e->supplies[e->n_supplies++] = (struct estate_supply){
				s, suppliers[i % 3], "maintenance", "vpn", 1};
		for (uint32_t a = 0; a < 3 + i % 5; a++) {
			add_asset(e, need(arena_printf(arena, "asset-%02u-%u", i, a)),
				ASSET_ROLE_SERVER, s);
			add_address(e, addr_v4(0x0a00000au + o * 65536 +
					       (i % PER_OPERATOR) * 256 + a));
			add_service(e, 443, "https", "", i % PER_OPERATOR == 1 && a == 0);
		}
	}
	return e;
}

static struct estate *sparse_estate(struct arena *arena)
{
	static const uint32_t bases[] = {0x0a000000u, 0x0aff0000u, 0x0a800100u, 0xac100000u,
		0xc0a80000u, 0xc0a8ff00u, 0xc6120000u, 0xcb007100u};
	struct estate *e = estate_new(arena, "sparse", 400);

	add_subnet(e, "10.0.0.0/8", "everything", "");
	add_subnet(e, "192.168.0.0/25", "left", "");
	add_subnet(e, "192.168.0.128/25", "right", "");
	add_subnet(e, "198.18.0.0/31", "pair", "");
	for (uint32_t i = 0; i < 320; i++) {
		add_asset(e, need(arena_printf(arena, "host-%03u", i)), ASSET_ROLE_HOST,
			ESTATE_NONE);
		add_address(e, addr_v4(bases[i % 8] + i / 8));
	}
	return e;
}

static struct estate *six_estate(struct arena *arena)
{
	struct estate *e = estate_new(arena, "six", 400);
	struct addr addr;

	if (addr_parse("2001:db8::1", &addr, NULL) < 0)
		exit(1);
	for (uint32_t i = 0; i < 300; i++) {
		add_asset(e, need(arena_printf(arena, "host-%03u", i)), ASSET_ROLE_HOST,
			ESTATE_NONE);
		addr.bytes[5] = (uint8_t)(i % 9);
		addr.bytes[7] = (uint8_t)(i % 90);
		addr.bytes[15] = (uint8_t)(i / 90 + 1);
		add_address(e, addr);
	}
	return e;
}

/* Key businesses over systems that need each other across sectors and in circles. */
static struct estate *with_register(struct estate *e)
{
	static const char *const strengths[] = {"supporting", "important", "essential"};
	static const char *const suppliers[] = {"North Maintenance", "Delta Relay Works",
		"Pearl Hosting", "Unity Software", "East Lines"};
	struct arena *arena = e->arena;
	uint32_t n = e->n_systems, seed = 7;

	register_new(e, 2 * n + 16);
	for (uint32_t i = 0; i < n; i += 6) {
		const struct estate_system *s = &e->systems[i];

		add_business(e, need(arena_printf(arena, "b-%03u", i)),
			need(arena_printf(arena, "%s service %u", s->sector, i / 6)),
			s->organisation, s->sector, i % 12 == 0);
		add_support(e, i, i / 6, "essential");
		add_support(e, (i + 1) % n, i / 6, strengths[i / 6 % 3]);
	}
	for (uint32_t i = 0; i < n; i++) {
		e->systems[i].operates = i % 4 == 3 ? "" : "Operator";
		if (i % 5 != 4)
			add_dependency(
				e, i, i % 6 == 5 ? i - 4 : (i + 1) % n, strengths[i % 3]);
		if (i % 10 == 0)
			add_dependency(e, i, next(&seed) % n, strengths[i / 10 % 3]);
		if (i % 7 == 0)
			add_supply(e, i, suppliers[next(&seed) % 5], "maintenance",
				i % 2 ? "VPN" : "");
	}
	for (uint32_t i = 0; i < 5; i++)
		add_exit(e, need(arena_printf(arena, "exit-%u", i)),
			need(arena_printf(arena, "Circuit %u", i)), "Southern Telecom",
			i < 4 ? i : ESTATE_NONE, e->systems[i].id, e->systems[i].name);
	justify(e);
	for (uint32_t i = 0; i < e->n_services; i++)
		if (e->services[i].exposed && i % 4 == 1) {
			e->services[i].kind = i % 8 == 1 ? "administration" : "database";
			e->services[i].justified = LEDGER_NONE;
		}
	return e;
}

struct estate *sample_estate(struct arena *arena, enum sample which)
{
	switch (which) {
	case SAMPLE_LAB:
		return lab_estate(arena);
	case SAMPLE_HOSTILE:
		return hostile_estate(arena);
	case SAMPLE_ONE_HOST:
		return one_host_estate(arena);
	case SAMPLE_NO_LINKS:
		return no_links_estate(arena);
	case SAMPLE_STAR:
		return star_estate(arena);
	case SAMPLE_SINGLETONS:
		return singletons_estate(arena);
	case SAMPLE_NETWORKS:
		return networks_estate(arena);
	case SAMPLE_CITY:
		return with_register(city_estate(arena, "city", 2000, 60, 150, 10));
	case SAMPLE_METROPOLIS:
		return with_register(city_estate(arena, "metropolis", 10000, 300, 500, 25));
	case SAMPLE_PROVINCE:
		return province_estate(arena);
	case SAMPLE_SPARSE:
		return sparse_estate(arena);
	case SAMPLE_SIX:
		return six_estate(arena);
	default:
		return estate_new(arena, "empty", 1);
	}
}
