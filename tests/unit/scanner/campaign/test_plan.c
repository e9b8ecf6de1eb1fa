/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes of plans, what they come to, and the plans that are refused. */
#include "tests/unit/unit.h"

#include "scanner/campaign/campaign.h"

static int count(const char *const *texts, size_t n, size_t ports, uint64_t *addresses,
	uint64_t *probes, struct error *error)
{
	static uint16_t list[65535];
	struct cidr targets[8];
	struct scan_plan plan = {
		.targets = targets, .n_targets = n, .tcp_ports = list, .n_tcp_ports = ports};

	for (size_t i = 0; i < n; i++)
		assert_int_equal(cidr_parse(texts[i], &targets[i], NULL), 0);
	return scan_plan_count(&plan, addresses, probes, error);
}

static void test_counts(void **state)
{
	uint64_t addresses, probes;

	(void)state;
	assert_int_equal(
		count((const char *[]){"198.18.0.0/24"}, 1, 10, &addresses, &probes, NULL), 0);
	assert_int_equal(addresses, 256);
	assert_true(probes >= 256 * 10);
	/* what another target covers is not counted twice */
	assert_int_equal(count((const char *[]){"198.18.0.0/24", "198.18.0.7", "198.18.0.0/25",
				       "2001:db8::/120"},
				 4, 1, &addresses, &probes, NULL),
		0);
	assert_int_equal(addresses, 512);
}

/* Questions of a profile to one address, and the rate that is left of 198.18.0.0/24 and
 * others. */
static void test_outline(void **state)
{
	static const uint16_t tcp[30] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30};
	/* DNS is safe, SSDP is not; nothing is expected at 7, and 502 is a control device's */
	static const uint16_t udp[] = {7, 53, 502, 1900}, sctp[] = {2905}, gre[] = {47};
	static const struct {
		enum scan_profile profile;
		enum scan_transmit transmit;
		size_t n_tcp, n_sctp, n_gre;
		const char *target;
		uint64_t left_out, questions;
		uint32_t rate, pps;
		const char
			*stages; /* looked for, timestamps, paths, aliases, greetings, names */
	} rows[] = {
		/* MAC, TCP, DNS, echo */
		{SCAN_SAFE, SCAN_PACKET, 2, 0, 0, "198.18.0.0/24", 0, 256 * 5, 0, 200,
			"..p.g."},
		{SCAN_SAFE, SCAN_PACKET, 2, 0, 0, "198.18.0.0/24", 6, 250 * 5, 0, 200,
			"..p.g."},
		{SCAN_SAFE, SCAN_PACKET, 2, 0, 0, "198.18.0.0/24", 256, 0, 0, 0, "..p.g."},
		{SCAN_SAFE, SCAN_PACKET, 2, 0, 0, "198.18.0.0/22", 0, 1024 * 5, 0, 800,
			"..p.g."},
		{SCAN_SAFE, SCAN_PACKET, 2, 0, 0, "198.18.0.0/28", 0, 16 * 5, 0, 32, "..p.g."},
		{SCAN_SAFE, SCAN_PACKET, 2, 0, 0, "198.18.0.0/28", 0, 16 * 5, 7, 7, "..p.g."},
		/* and 30 TCP, of which 5 look for the host, and 3 that nobody plans for */
		{SCAN_SAFE, SCAN_PACKET, 30, 0, 0, "198.18.0.1", 0, 41, 0, 2, "l.p.g."},
		/* own: no MAC, no limit of networks, 40 a second */
		{SCAN_SAFE, SCAN_PACKET, 30, 1, 1, "127.0.0.0/24", 0, 256 * 36, 0, 1000,
			"....g."},
		/* and SSDP, timestamp, INIT, GRE */
		{SCAN_STANDARD, SCAN_PACKET, 2, 1, 1, "198.18.0.0/24", 0, 256 * 9, 0, 1000,
			".tpagn"},
		{SCAN_STANDARD, SCAN_PACKET, 5, 1, 1, "198.18.0.0/24", 0, 256 * 17, 0, 1000,
			"ltpagn"},
		{SCAN_STANDARD, SCAN_CONNECT, 5, 1, 1, "198.18.0.0/24", 0, 256 * 13, 0, 1000,
			"l...gn"},
		/* and an empty datagram, but not to 502 */
		{SCAN_THOROUGH, SCAN_PACKET, 5, 0, 0, "198.18.0.0/24", 0, 256 * 11, 0, 20000,
			".tpagn"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cidr target;
		struct scan_plan plan = {.targets = &target,
			.n_targets = 1,
			.tcp_ports = tcp,
			.n_tcp_ports = rows[i].n_tcp,
			.udp_ports = udp,
			.n_udp_ports = ARRAY_SIZE(udp),
			.sctp_ports = sctp,
			.n_sctp_ports = rows[i].n_sctp,
			.ip_protocols = gre,
			.n_ip_protocols = rows[i].n_gre,
			.profile = rows[i].profile,
			.transmit = rows[i].transmit,
			.rate_pps = rows[i].rate,
			.trace = true,
			.greet = true};
		struct scan_outline o;

		assert_int_equal(cidr_parse(rows[i].target, &target, NULL), 0);
		assert_int_equal(scan_plan_outline(&plan, rows[i].left_out, &o, NULL), 0);
		assert_int_equal(o.questions, rows[i].questions);
		assert_int_equal(o.probes, 6 * rows[i].questions);
		assert_int_equal(o.pps, rows[i].pps);
		assert_string_equal(
			((char[]){o.looked_for ? 'l' : '.', o.timestamps ? 't' : '.',
				o.paths ? 'p' : '.', o.aliases ? 'a' : '.',
				o.greetings ? 'g' : '.', o.names ? 'n' : '.', 0}),
			rows[i].stages);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *target;
		size_t ports;
		const char *said;
	} rows[] = {{"224.0.0.1", 1, "never probed"}, {"255.255.255.255", 1, "never probed"},
		{"0.0.0.0/8", 1, "never probed"}, {"240.0.0.0/4", 1, "never probed"},
		{"ff02::/112", 1, "never probed"}, {"::", 1, "never probed"},
		{"::ffff:198.18.0.1", 1, "never probed"},
		{"::ffff:c612:0/112", 1, "never probed"}, {"fe80::1", 1, "link-local"},
		{"2001:db8::/63", 1, "/112"}, {"fe80::/64", 1, "/112"},
		{"0.0.0.0/0", 65535, "in parts"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct error error = {0};
		uint64_t a, p;

		assert_int_equal(
			count(&rows[i].target, 1, rows[i].ports, &a, &p, &error), ERROR_USAGE);
		assert_non_null(strstr(error.text, rows[i].said));
	}
}

static void test_limits(void **state)
{
	uint64_t a, p;

	(void)state;
	assert_int_equal(count((const char *[]){"2001:db8::/112"}, 1, 1, &a, &p, NULL), 0);
	assert_int_equal(a, 65536);
	/* of a link, perhaps: it is not walked */
	assert_int_equal(
		count((const char *[]){"2001:db8::/64", "2001:db8::/80", "2001:db8:1::/111"}, 3,
			1, &a, &p, NULL),
		0);
	assert_int_equal(a, 2 * SCAN_LINK_HOSTS_MAX);
	assert_int_equal(count((const char *[]){"0.0.0.0/0"}, 1, 0, &a, &p, NULL), 0);
	assert_int_equal(a, SCAN_ADDRESSES_MAX);
	assert_int_equal(
		count((const char *[]){"0.0.0.0/0", "2001:db8::1"}, 2, 0, &a, &p, NULL),
		ERROR_USAGE);
	assert_int_equal(count(NULL, 0, 1, &a, &p, NULL), ERROR_USAGE);
}

/* Every address is in exactly one of the parts, and they are of one size but for one
 * address. */
static void test_parts(void **state)
{
	static const char *const texts[] = {
		"198.18.0.0/24", "198.18.5.7", "198.18.9.0/29", "2001:db8::/126"};
	static const unsigned int parts[] = {1, 2, 3, 7, 100, 269};
	struct cidr targets[ARRAY_SIZE(texts)];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(cidr_parse(texts[i], &targets[i], NULL), 0);
	for (size_t p = 0; p < ARRAY_SIZE(parts); p++) {
		struct scan_plan plan = {.targets = targets, .n_targets = ARRAY_SIZE(texts)};
		struct scan_aim whole, aim;
		uint64_t next = 0;

		assert_int_equal(scan_aim_make(&plan, &whole, NULL), 0);
		assert_int_equal(addr_set_count(whole.targets), 269);
		plan.shards = parts[p];
		for (plan.shard = 1; plan.shard <= plan.shards; plan.shard++) {
			uint64_t n, number;

			assert_int_equal(scan_aim_make(&plan, &aim, NULL), 0);
			n = addr_set_count(aim.targets);
			assert_in_range(n, 269 / parts[p], 269 / parts[p] + 1);
			for (uint64_t i = 0; i < n; i++) {
				struct addr addr = addr_set_nth(aim.targets, i);

				assert_true(addr_set_number(whole.targets, &addr, &number));
				assert_int_equal(number, next++);
			}
			scan_aim_done(&aim);
		}
		assert_int_equal(next, 269);
		scan_aim_done(&whole);
	}
}

static void test_a_part_without_addresses(void **state)
{
	struct cidr target;
	struct scan_plan plan = {.targets = &target, .n_targets = 1, .shard = 1, .shards = 5};
	struct error error = {0};
	struct scan_aim aim;

	(void)state;
	assert_int_equal(cidr_parse("198.18.0.0/30", &target, NULL), 0);
	assert_int_equal(scan_aim_make(&plan, &aim, &error), ERROR_USAGE);
	assert_non_null(strstr(error.text, "4 addresses make no 5 parts"));
	scan_aim_done(&aim);
	/* A link is in the first part, which may have nothing else. */
	assert_int_equal(cidr_parse("2001:db8::/64", &target, NULL), 0);
	assert_int_equal(scan_aim_make(&plan, &aim, &error), 0);
	assert_int_equal(aim.n_links, 1);
	assert_int_equal(addr_set_count(aim.targets), 0);
	scan_aim_done(&aim);
	plan.shard = 2;
	assert_int_equal(scan_aim_make(&plan, &aim, &error), ERROR_USAGE);
	assert_non_null(strstr(error.text, "in part 1"));
	scan_aim_done(&aim);
}

/* Lists: counted with what is named, each address once, and checked for the same kinds. */
static void test_lists(void **state)
{
	static const struct {
		const char *range;
		uint64_t addresses;
		const char *said;
	} rows[] = {{"198.18.0.0-198.18.0.9", 512 + 10, NULL},
		{"2001:db8::-2001:db8::1:ffff", 512 + 131072, NULL},
		{"198.18.4.0/24", 512, NULL}, {"0.0.0.0/0", 1ULL << 32, NULL},
		{"224.0.0.1", 0, "224.0.0.1/32 is of a kind that is never probed"},
		{"240.0.0.0-255.255.255.255", 0, "never probed"},
		{"0.0.0.7", 0, "never probed"}, {"::ffff:198.18.0.1", 0, "never probed"},
		{"fe80::1", 0, "link-local"},
		{"2001:db8::/64", 0, "more than 4294967296 addresses"}};
	const struct cidr named[] = {{{4, {198, 18, 4}}, 24}, {{4, {198, 18, 5}}, 24}};
	static const uint16_t port = 80;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct addr_set *list = addr_set_new();
		struct scan_plan plan = {.targets = named,
			.n_targets = 2,
			.target_list = list,
			.tcp_ports = &port,
			.n_tcp_ports = 1};
		struct error error = {0};
		struct addr_range range;
		uint64_t a, p;

		assert_int_equal(addr_range_parse(rows[i].range, &range, NULL), 0);
		assert_int_equal(addr_set_add(list, &range, NULL), 0);
		assert_int_equal(addr_set_seal(list, NULL), 0);
		if (rows[i].said) {
			assert_int_equal(scan_plan_count(&plan, &a, &p, &error), ERROR_USAGE);
			assert_non_null(strstr(error.text, rows[i].said));
		} else {
			assert_int_equal(scan_plan_count(&plan, &a, &p, &error), 0);
			assert_int_equal(a, rows[i].addresses);
		}
		addr_set_free(list);
	}
}

/* As many as may be named one by one, and one more. */
static void test_named(void **state)
{
	struct cidr *targets = calloc(SCAN_TARGETS_MAX + 1, sizeof(*targets));
	struct scan_plan plan = {.targets = targets, .n_targets = SCAN_TARGETS_MAX};
	struct error error = {0};
	uint64_t a, p;

	(void)state;
	for (uint32_t i = 0; i <= SCAN_TARGETS_MAX; i++)
		targets[i] = (struct cidr){addr_v4(0xc6120000 + 2 * i % 131072), 32};
	assert_int_equal(scan_plan_count(&plan, &a, &p, NULL), 0);
	assert_int_equal(a, SCAN_TARGETS_MAX);
	plan.n_targets++;
	assert_int_equal(scan_plan_count(&plan, &a, &p, &error), ERROR_USAGE);
	assert_non_null(strstr(error.text, "too many"));
	free(targets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts),
		cmocka_unit_test(test_outline), cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_lists),
		cmocka_unit_test(test_named), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_a_part_without_addresses)};

	return RUN(tests);
}
