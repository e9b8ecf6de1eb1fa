/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are not to be believed, and networks that do not want to be scanned. */
#include "tests/unit/unit.h"

#include "scanner/link/packet_build.h"
#include "tests/scenario/network.h"

static const uint16_t web[] = {80, 443};
static struct cidr target;
static struct addr path[1];

static struct scene make_scene(const struct replay_host *hosts, size_t n, const char *text)
{
	static const char *const prefixes[] = {"198.18.0.0/15"};
	struct scene scene = {.plan = {.targets = &target,
				      .n_targets = 1,
				      .scope = grants(prefixes, 1),
				      .profile = SCAN_STANDARD},
		.network = {.hosts = hosts, .n_hosts = n, .seed = 1}};

	target = net(text);
	path[0] = host(GATEWAY);
	scene.plan.tcp_ports = scan_default_tcp_ports(&scene.plan.n_tcp_ports);
	return scene;
}

static void test_wrong_cookies(void **state)
{
	const struct replay_host hosts[] = {gateway(), {.at = net("198.18.8.0/24"),
							       .open = web,
							       .n_open = 2,
							       .path = path,
							       .n_path = 1,
							       .unreachable = -1}};
	struct scene scene = make_scene(hosts, 2, "198.18.8.0/24");
	struct found *f;

	(void)state;
	scene.plan.profile = SCAN_THOROUGH;
	scene.plan.trace = true;
	scene.network.wrong_cookies = true;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_hosts, 0);
	assert_int_equal(f->n_ports, 0);
	assert_true(counter(f, "strangers") > 10000);
	assert_int_equal(counter(f, "positive"),
		3); /* the gateway's MAC: at first, and when each of two sweeps ends */
	assert_int_equal(counter(f, "sent_solicit"), 3);
	scope_free((struct scope *)scene.plan.scope);
}

static void test_strangers_among_answers(void **state)
{
	const struct replay_host hosts[] = {gateway(), {.at = net("198.18.8.0/25"),
							       .open = web,
							       .n_open = 2,
							       .path = path,
							       .n_path = 1,
							       .unreachable = -1}};
	struct scene scene = make_scene(hosts, 2, "198.18.8.0/24");
	struct found *f;

	(void)state;
	scene.network.stranger_permille = 900;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_hosts, 128);
	assert_int_equal(f->n_ports, 256);
	assert_true(counter(f, "strangers") > 1000);
	scope_free((struct scope *)scene.plan.scope);
}

/* A host that accepts on every port is one fact and not fifty services; its neighbour with many
 * real ports is told in full. */
static void test_answers_everything(void **state)
{
	size_t n;
	const uint16_t *all = scan_default_tcp_ports(&n);
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.7"),
			.open_everywhere = true,
			.path = path,
			.n_path = 1,
			.unreachable = -1},
		{.at = net("198.18.8.8"),
			.open = all,
			.n_open = n,
			.path = path,
			.n_path = 1,
			.unreachable = -1}};
	struct scene scene = make_scene(hosts, 3, "198.18.8.0/28");
	struct found *f = play(&scene);

	(void)state;
	counters_close(f);
	assert_int_equal(f->n_ports, n);
	assert_false(found_port(f, "198.18.8.7", 80));
	assert_true(found_port(f, "198.18.8.8", 80));
	assert_int_equal(counter(f, "answer_all"), 1);
	assert_int_equal(f->n_facts, 1);
	assert_string_equal(f->facts[0].name, "answers.everywhere");
	/* its services are not known, so they are not said to be covered */
	for (size_t i = 0; i < f->n_coverage; i++) {
		struct cidr cidr = net(f->coverage[i].cidr);
		struct addr addr = host("198.18.8.7");

		assert_false(cidr_contains(&cidr, &addr));
	}
	scope_free((struct scope *)scene.plan.scope);
}

/* One MAC answers ARP for a whole subnet in which two hosts really are. */
static void test_proxy_arp(void **state)
{
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.0.0/24"),
			.mac = {{2, 0, 0, 0, 0, 1}},
			.on_link = true,
			.asleep = true,
			.unreachable = -1},
		{.at = net("198.18.0.66"),
			.mac = {{2, 0, 0, 0, 0, 1}},
			.on_link = true,
			.open = web,
			.n_open = 2,
			.unreachable = -1},
		{.at = net("198.18.0.77"),
			.mac = {{2, 0, 0, 0, 0, 0x77}},
			.on_link = true,
			.deaf = true,
			.drops = true,
			.unreachable = -1}};
	struct scene scene = make_scene(hosts, 4, "198.18.0.0/24");
	struct found *f = play(&scene);

	(void)state;
	counters_close(f);
	assert_true(found_host(f, "198.18.0.66") && found_host(f, "198.18.0.77"));
	assert_true(found_host(f, GATEWAY));
	assert_int_equal(f->n_hosts, 3);
	assert_int_equal(f->n_ports, 2);
	assert_int_equal(counter(f, "proxy_arp"), 1);
	scope_free((struct scope *)scene.plan.scope);
}

static void test_unreachable(void **state)
{
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.0/28"), .path = path, .n_path = 1, .unreachable = 1},
		{.at = net("198.18.8.16/28"), .path = path, .n_path = 1, .unreachable = 13},
		{.at = net("198.18.8.1"),
			.open = web,
			.n_open = 2,
			.path = path,
			.n_path = 1,
			.unreachable = -1}};
	struct scene scene = make_scene(hosts, 4, "198.18.8.0/27");
	struct found *f = play(&scene);

	(void)state;
	counters_close(f);
	assert_int_equal(f->n_hosts, 1);
	assert_int_equal(f->n_ports, 2);
	/* "no such host" settles the address at once; "prohibited" is said of each question */
	assert_int_equal(counter(f, "unreachable_host"), 15);
	assert_true(counter(f, "unreachable_prohibited") >= 16);
	scope_free((struct scope *)scene.plan.scope);
}

static bool after(void *context, uint64_t frames)
{
	return frames >= *(uint64_t *)context;
}

/* A stop at any moment: it ends at once, what came is told, and nothing is called covered. */
static void test_stop(void **state)
{
	const struct replay_host hosts[] = {gateway(), {.at = net("198.18.8.0/24"),
							       .open = web,
							       .n_open = 2,
							       .path = path,
							       .n_path = 1,
							       .unreachable = -1}};
	struct scene scene = make_scene(hosts, 2, "198.18.8.0/24");

	(void)state;
	for (uint64_t limit = 1; limit < 14000; limit = limit * 3 + 1) {
		struct found *f;

		scene.stopped = after;
		scene.context = &limit;
		f = play(&scene);
		counters_close(f);
		assert_int_equal(counter(f, "stopped"), limit < 13000);
		assert_int_equal(f->n_coverage, limit < 13000 ? 0 : 1);
		assert_true(
			f->frames <= limit + LINK_BATCH_MAX + 41); /* 20 ms more at 2,000/s */
		if (limit > 8000)
			assert_true(f->n_ports > 0);
	}
	scope_free((struct scope *)scene.plan.scope);
}

/* ---- what others put on the link --------------------------------------------------------- */

static const struct mac ours = {{2, 0, 0, 0, 0, 5}}, theirs = {{2, 0, 0, 0, 0, 0x66}};
static struct forged {
	uint8_t bytes[128];
	size_t size;
} forged[8];
static size_t n_forged, turn;

/* Each again and again, as long as anything is listened to; every other time the network
 * itself. */
static bool forge(void *context, struct link_heard *ret)
{
	const struct forged *f = &forged[turn / 2 % n_forged];

	(void)context;
	*ret = (struct link_heard){
		.type = FRAME_LINK_ETHERNET, .bytes = f->bytes, .size = f->size};
	return turn++ % 2;
}

static struct packer begin_frame(const struct mac *to, uint16_t type)
{
	struct packer p = packer_of(forged[n_forged].bytes, sizeof(forged->bytes));

	packer_bytes(&p, to->bytes, 6);
	packer_bytes(&p, theirs.bytes, 6);
	packer_be16(&p, type);
	return p;
}

static void add_arp(const char *who, struct mac mac, const struct mac *to)
{
	const struct addr sender = host(who), us = host("198.18.0.5");
	struct packer p = begin_frame(&ours, 0x0806);

	packer_be16(&p, 1);
	packer_be16(&p, 0x0800);
	packer_be16(&p, 0x0604);
	packer_be16(&p, 2);
	packer_bytes(&p, mac.bytes, 6);
	packer_bytes(&p, sender.bytes, 4);
	packer_bytes(&p, to->bytes, 6);
	packer_bytes(&p, us.bytes, 4);
	forged[n_forged++].size = p.pos;
}

static void add_advertisement(const char *who, uint8_t hops)
{
	const struct addr sender = host(who), us = host("2001:db8::5");
	struct packer p = begin_frame(&ours, 0x86dd);

	packet_begin(&p, &sender, &us, 58, hops);
	packer_be32(&p, 136u << 24);
	packer_be32(&p, 0x60000000);
	packer_bytes(&p, sender.bytes, 16);
	packer_be16(&p, 0x0201);
	packer_bytes(&p, theirs.bytes, 6);
	packet_end(&p, 14);
	forged[n_forged++].size = p.pos;
}

static void add_gre(const char *who, const char *to)
{
	const struct addr sender = host(who), target_ = host(to);
	struct packer p = begin_frame(&ours, 0x0800);

	packet_begin(&p, &sender, &target_, 47, 60);
	packer_zero(&p, 4);
	packet_end(&p, 14);
	forged[n_forged++].size = p.pos;
}

/* Without a cookie the form has to be right: to us, from the link itself, of a station. */
static void test_forged_without_cookies(void **state)
{
	static const char *const prefixes[] = {"198.18.0.0/15", "2001:db8::/32"};
	static const uint16_t gre = 47;
	const struct replay_host hosts[] = {gateway(), behind("198.18.8.8/29")};
	const struct cidr targets[] = {
		net("198.18.0.8/29"), net("2001:db8::8/125"), net("198.18.8.8/29")};
	struct scene scene = make_scene(hosts, 2, "198.18.0.8/29");
	struct found *f;

	(void)state;
	scope_free((struct scope *)scene.plan.scope);
	scene.plan.scope = grants(prefixes, 2);
	scene.plan.targets = targets;
	scene.plan.n_targets = ARRAY_SIZE(targets);
	scene.plan.ip_protocols = &gre;
	scene.plan.n_ip_protocols = 1;
	scene.forge = forge;
	add_arp("198.18.0.9", theirs, &theirs);
	add_arp("198.18.0.10", (struct mac){{0}}, &ours);
	add_arp("198.18.0.11", (struct mac){{3, 0, 0, 0, 0, 1}}, &ours);
	add_arp("198.18.0.12", theirs, &ours); /* as it should be */
	add_advertisement("2001:db8::9", 64);
	add_advertisement("2001:db8::c", 255); /* so this, */
	add_gre("198.18.8.9", "198.18.0.77");
	add_gre("198.18.8.12", "198.18.0.5"); /* and this */
	f = play(&scene);
	counters_close(f);
	assert_true(found_host(f, "198.18.0.12") && found_host(f, "2001:db8::c"));
	assert_int_equal(f->n_hosts, 8 + 2);
	assert_true(found_fact(f, "198.18.8.12", "ip.protocol.47"));
	assert_int_equal(f->n_facts, 1);
	scope_free((struct scope *)scene.plan.scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_wrong_cookies),
		cmocka_unit_test(test_strangers_among_answers),
		cmocka_unit_test(test_answers_everything), cmocka_unit_test(test_proxy_arp),
		cmocka_unit_test(test_unreachable),
		cmocka_unit_test(test_forged_without_cookies), cmocka_unit_test(test_stop)};

	return RUN(tests);
}
