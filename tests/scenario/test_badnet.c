/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks that say untrue things about every probe: errors that nobody's probe caused, routes
 * that would be better, packets that were too long. The same is found as without, and every
 * frame that came is counted.
 */
#include "tests/unit/unit.h"

#include "tests/scenario/network.h"

static const uint16_t web[] = {80, 443}, names[] = {53}, sctp_ports[] = {3868}, gre[] = {47};
static struct cidr targets[2];

enum { N_HOSTS = 6 };

/* Of each family a router, and behind it a prefix in which half of the addresses are there. */
static void make_hosts(struct replay_host hosts[N_HOSTS])
{
	hosts[0] = hosts[1] = gateway();
	hosts[1].at = net("2001:db8::1");
	hosts[2] = behind("198.18.8.0/26");
	hosts[3] = behind("2001:db8:8::/123");
	hosts[4] = behind("198.18.8.64/26");
	hosts[5] = behind("2001:db8:8::20/123");
	hosts[4].asleep = hosts[5].asleep =
		true; /* the router knows the way, and nobody answers */
	for (size_t i = 2; i < 4; i++) {
		hosts[i].open = web;
		hosts[i].n_open = 2;
		hosts[i].udp = names;
		hosts[i].n_udp = 1;
		hosts[i].sctp = sctp_ports;
		hosts[i].n_sctp = 1;
		hosts[i].protocols = gre;
		hosts[i].n_protocols = 1;
	}
}

static struct scene make_scene(struct replay_host hosts[N_HOSTS])
{
	static const char *const prefixes[] = {"198.18.0.0/15", "2001:db8::/32"};
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = 2,
				      .scope = grants(prefixes, 2),
				      .profile = SCAN_STANDARD,
				      .tcp_ports = web,
				      .n_tcp_ports = 2,
				      .udp_ports = names,
				      .n_udp_ports = 1,
				      .sctp_ports = sctp_ports,
				      .n_sctp_ports = 1,
				      .ip_protocols = gre,
				      .n_ip_protocols = 1},
		.network = {
			.hosts = hosts, .n_hosts = N_HOSTS, .seed = 1, .datagram = say_dns}};

	targets[0] = net("198.18.8.0/25");
	targets[1] = net("2001:db8:8::/122");
	make_hosts(hosts);
	return scene;
}

/* Whoever is there and what is open, and no more. */
static void exactly_what_is_there(const struct found *f, size_t routers)
{
	counters_close(f);
	assert_int_equal(f->n_hosts, 64 + 32 + routers);
	assert_int_equal(f->n_ports, (64 + 32) * 4);
	assert_int_equal(f->n_facts, 64 + 32);
	for (unsigned int i = 0; i < 64; i++) {
		char text[32];

		snprintf(text, sizeof(text), "198.18.8.%u", i);
		assert_true(found_port_of(f, text, TRANSPORT_UDP, 53));
		assert_true(found_fact(f, text, "ip.protocol.47"));
	}
}

/* Forged errors of every kind that would make a host or port absent, six for each probe, and
 * one that quotes rightly what nobody forged. */
static void test_flood_of_errors(void **state)
{
	static const struct replay_error errors[] = {{4, 3, 0, true}, {4, 3, 1, true},
		{4, 3, 2, true}, {4, 3, 3, true}, {4, 3, 13, true}, {4, 11, 0, true},
		{6, 1, 0, true}, {6, 1, 1, true}, {6, 1, 3, true}, {6, 1, 4, true},
		{6, 3, 0, true}, {6, 4, 1, true}};
	struct replay_host hosts[N_HOSTS];
	struct scene scene = make_scene(hosts);
	uint64_t alone;
	struct found *f = play(&scene);

	(void)state;
	exactly_what_is_there(f, 0);
	assert_int_equal(counter(f, "strangers"), 0);
	alone = counter(f, "negative");
	scene.network.errors = errors;
	scene.network.n_errors = ARRAY_SIZE(errors);
	f = play(&scene);
	exactly_what_is_there(f, 0);
	assert_int_equal(counter(f, "negative"), alone);
	assert_int_equal(counter(f, "unreachable_net") + counter(f, "unreachable_host"), 0);
	/* six for each of a question's tries */
	assert_true(counter(f, "strangers") >=
		    6 * (counter(f, "sent") - counter(f, "sent_solicit")));
	scope_free((struct scope *)scene.plan.scope);
}

/* Errors that say so but end no question: too long for a link, a better way, slower. */
static void test_errors_that_refuse_nothing(void **state)
{
	static const struct replay_error errors[] = {{4, 3, 4, false}, {6, 2, 0, false},
		{4, 5, 1, false}, {6, 137, 0, false}};
	static const struct replay_error forged[] = {{4, 3, 4, true}, {6, 2, 0, true}};
	struct replay_host hosts[N_HOSTS];
	struct scene scene = make_scene(hosts);
	uint64_t far, negative;
	struct found *f = play(&scene);

	(void)state;
	negative = counter(f, "negative");
	scene.network.errors = errors;
	scene.network.n_errors = ARRAY_SIZE(errors);
	f = play(&scene);
	exactly_what_is_there(f, 0);
	far = counter(f, "sent") - counter(f, "sent_solicit");
	assert_int_equal(counter(f, "too_big"), far);
	assert_int_equal(counter(f, "strangers"), 2 * far);
	assert_int_equal(counter(f, "negative"), negative);
	scene.network.errors = forged;
	scene.network.n_errors = ARRAY_SIZE(forged);
	f = play(&scene);
	exactly_what_is_there(f, 0);
	assert_int_equal(counter(f, "too_big"), 0);
	scope_free((struct scope *)scene.plan.scope);
}

/* A loop somewhere on the way, for a moment: that says of nobody that he is not there. */
static void test_a_loop(void **state)
{
	static const struct replay_error errors[] = {
		{4, 11, 0, false}, {4, 11, 1, false}, {6, 3, 0, false}};
	struct replay_host hosts[N_HOSTS];
	struct scene scene = make_scene(hosts);
	struct found *f;

	(void)state;
	scene.network.errors = errors;
	scene.network.n_errors = ARRAY_SIZE(errors);
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_hosts, 64 + 32);
	assert_int_equal(counter(f, "unreachable_net") + counter(f, "unreachable_host"), 0);
	assert_true(counter(f, "unreachable_other") > 0);
	scope_free((struct scope *)scene.plan.scope);
}

struct ways {
	uint64_t others; /* frames that do not go to the gateway's MAC */
};

static void watch(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	struct ways *ways = context;

	(void)now_us;
	if (f->kind != FRAME_ARP && !(f->kind == FRAME_ICMP && f->icmp_type == 135))
		ways->others += memcmp(frame->bytes, mac, 6) != 0;
}

/* A redirect (RFC 792; RFC 4861 4.5) changes no way: all frames go on to the gateway. */
static void test_redirects(void **state)
{
	static const struct replay_error errors[] = {
		{4, 5, 0, false}, {4, 5, 1, false}, {6, 137, 0, false}};
	struct replay_host hosts[N_HOSTS];
	struct scene scene = make_scene(hosts);
	struct ways ways = {0};
	struct found *f;

	(void)state;
	scene.network.errors = errors;
	scene.network.n_errors = ARRAY_SIZE(errors);
	scene.watch = watch;
	scene.context = &ways;
	scene.plan.trace = true;
	f = play(&scene);
	exactly_what_is_there(f, 2);
	assert_int_equal(ways.others, 0);
	scope_free((struct scope *)scene.plan.scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_flood_of_errors),
		cmocka_unit_test(test_errors_that_refuse_nothing),
		cmocka_unit_test(test_a_loop), cmocka_unit_test(test_redirects)};

	return RUN(tests);
}
