/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of probe in one campaign: who answers is found, who refuses is counted, and what a
 * profile does not allow never leaves. */
#include "tests/unit/unit.h"

#include "tests/scenario/network.h"

static const uint16_t web[] = {80}, names[] = {53}, names_and_more[] = {53, 7777},
		      diameter[] = {3868}, gre[] = {47}, ospf[] = {89};
static const uint16_t udp_ports[] = {53, 161, 7777, 9600}, sctp_ports[] = {2905, 3868},
		      ip_protocols[] = {47, 89};
static struct cidr targets[2];

/* Two routers; one that speaks everything; one that has nothing; one of IPv6; two that hide. */
static size_t make_hosts(struct replay_host hosts[7])
{
	hosts[0] = gateway();
	hosts[1] = hosts[0];
	hosts[1].at = net("2001:db8::1");
	hosts[2] = behind("198.18.7.1");
	hosts[2].open = web;
	hosts[2].n_open = 1;
	hosts[2].udp = names_and_more;
	hosts[2].n_udp = 2;
	hosts[2].sctp = diameter;
	hosts[2].n_sctp = 1;
	hosts[2].protocols = gre;
	hosts[2].n_protocols = 1;
	hosts[3] = behind("198.18.7.2");
	hosts[4] = behind("2001:db8:1::7");
	hosts[4].udp = names;
	hosts[4].n_udp = 1;
	hosts[4].sctp = diameter;
	hosts[4].n_sctp = 1;
	hosts[4].protocols = ospf;
	hosts[4].n_protocols = 1;
	hosts[5] = behind("198.18.7.4"); /* answers timestamps only */
	hosts[5].deaf = hosts[5].drops = true;
	hosts[6] = behind("198.18.7.5"); /* answers DNS only */
	hosts[6].deaf = hosts[6].drops = hosts[6].timeless = true;
	hosts[6].udp = names;
	hosts[6].n_udp = 1;
	return 7;
}

static struct scene make_scene(struct replay_host hosts[7], enum scan_profile profile)
{
	static const char *const prefixes[] = {"198.18.0.0/15", "2001:db8::/32"};
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = 2,
				      .scope = grants(prefixes, 2),
				      .profile = profile,
				      .tcp_ports = web,
				      .n_tcp_ports = 1,
				      .udp_ports = udp_ports,
				      .n_udp_ports = ARRAY_SIZE(udp_ports),
				      .sctp_ports = sctp_ports,
				      .n_sctp_ports = ARRAY_SIZE(sctp_ports),
				      .ip_protocols = ip_protocols,
				      .n_ip_protocols = ARRAY_SIZE(ip_protocols)},
		.network = {.hosts = hosts, .seed = 1, .datagram = say_dns}};

	targets[0] = net("198.18.7.0/28");
	targets[1] = net("2001:db8:1::/124");
	scene.network.n_hosts = make_hosts(hosts);
	return scene;
}

static void everything_is_found(const struct found *f)
{
	counters_close(f);
	assert_true(found_port_of(f, "198.18.7.1", TRANSPORT_TCP, 80));
	assert_true(found_port_of(f, "198.18.7.1", TRANSPORT_UDP, 53));
	assert_true(found_port_of(f, "198.18.7.1", TRANSPORT_UDP, 7777));
	assert_true(found_port_of(f, "198.18.7.1", TRANSPORT_SCTP, 3868));
	assert_true(found_fact(f, "198.18.7.1", "ip.protocol.47"));
	assert_true(found_port_of(f, "2001:db8:1::7", TRANSPORT_UDP, 53));
	assert_true(found_port_of(f, "2001:db8:1::7", TRANSPORT_SCTP, 3868));
	assert_true(found_fact(f, "2001:db8:1::7", "ip.protocol.89"));
	assert_true(found_port_of(f, "198.18.7.5", TRANSPORT_UDP, 53));
	assert_true(found_host(f, "198.18.7.2"));
	assert_true(found_host(f, "198.18.7.4"));
	assert_int_equal(f->n_ports, 7);
	assert_int_equal(f->n_facts, 2);
}

static void test_all_kinds(void **state)
{
	struct replay_host hosts[7];
	struct scene scene = make_scene(hosts, SCAN_THOROUGH);
	struct found *f = play(&scene);

	(void)state;
	everything_is_found(f);
	assert_int_equal(counter(f, "strangers"), 0);
	/* 198.18.7.2 has nothing and says so of each: a port of TCP, three of UDP, two of SCTP,
	 * two protocols. */
	assert_true(counter(f, "negative") >= 8);
	scope_free((struct scope *)scene.plan.scope);
}

static void test_losses_and_duplicates(void **state)
{
	struct replay_host hosts[7];
	struct scene scene = make_scene(hosts, SCAN_THOROUGH);

	(void)state;
	scene.network.loss_permille = 60;
	scene.network.duplicate_permille = 200;
	everything_is_found(play(&scene));
	scope_free((struct scope *)scene.plan.scope);
}

/* Nothing of a kind carries another cookie than its own question's. */
static void test_wrong_cookies(void **state)
{
	struct replay_host hosts[7];
	struct scene scene = make_scene(hosts, SCAN_THOROUGH);
	struct found *f;

	(void)state;
	hosts[2].protocols = hosts[4].protocols = NULL; /* those carry none */
	hosts[2].n_protocols = hosts[4].n_protocols = 0;
	scene.network.wrong_cookies = true;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_ports, 0);
	assert_true(counter(f, "strangers") > 0);
	scope_free((struct scope *)scene.plan.scope);
}

/* One SYN-ACK of a host, the same whichever of its ports answers first; of a list that the user
 * has, a name. */
static void test_what_the_stack_looks_like(void **state)
{
	static const uint16_t ports[] = {22, 80, 443, 8080};
	char list[] =
		"[tcp:response]\nlabel = s:unix:Penguin:3\nsig = *:64:0:1400:0,0:mss:df:0\n"
		"label = g:unix:Any:\nsig = *:64:0:1400:*,0:mss:df:0\n";
	struct stacks *stacks = NULL;

	(void)state;
	assert_int_equal(stacks_parse(list, &stacks, NULL), 0);
	for (unsigned int turn = 0; turn < 3; turn++) {
		struct replay_host hosts[7];
		struct scene scene = make_scene(hosts, SCAN_THOROUGH);
		struct found *f;

		hosts[2].open = ports;
		hosts[2].n_open = ARRAY_SIZE(ports);
		hosts[2].mss = 1400;
		scene.plan.tcp_ports = ports;
		scene.plan.n_tcp_ports = ARRAY_SIZE(ports);
		scene.plan.seed = turn;
		scene.stacks = turn ? stacks : NULL;
		f = play(&scene);
		assert_int_equal(f->n_facts, 3);
		for (size_t i = 0; i < f->n_facts; i++)
			if (strcmp(f->facts[i].name, "stack.signature") == 0) {
				assert_string_equal(
					f->facts[i].value, "4:64:0:1400:0,0:mss:df:0");
				/* that it is sure is told too; of the list's others it would
				 * not be */
				assert_string_equal(f->facts[i].last, turn ? "1" : "stack");
				assert_int_equal(f->facts[i].n, turn ? 4 : 2);
			}
		assert_true(found_fact(f, "198.18.7.1", "stack.signature"));
		scope_free((struct scope *)scene.plan.scope);
	}
	stacks_free(stacks);
}

struct sent {
	size_t n, empty, industrial, timestamps, kinds_early;
	unsigned int seen;
};

static void note(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	struct sent *sent = context;
	unsigned int kind = f->kind == FRAME_TCP   ? 1
			    : f->kind == FRAME_UDP ? 2
			    : f->ip_protocol == 132 ? 4
			    : f->kind == FRAME_IP  ? 8
						   : 0;

	(void)frame, (void)now_us;
	sent->empty += f->kind == FRAME_UDP && f->payload_size == 0;
	sent->industrial += f->kind == FRAME_UDP && f->dst_port == 9600 && f->payload_size == 0;
	sent->timestamps += f->kind == FRAME_ICMP && f->icmp_type == 13;
	if (kind && sent->n++ < 24)
		sent->seen |= kind;
}

/* One permutation of targets and probes: among the first few of all there are all kinds. */
static void test_one_order(void **state)
{
	struct replay_host hosts[7];
	struct scene scene = make_scene(hosts, SCAN_THOROUGH);
	struct sent sent = {0};

	(void)state;
	scene.watch = note;
	scene.context = &sent;
	play(&scene);
	assert_int_equal(sent.seen, 15);
	assert_true(sent.empty > 0);
	assert_int_equal(sent.industrial, 0);
	scope_free((struct scope *)scene.plan.scope);
}

/* Where a careless packet stops a plant: only requests that are safe, no empty datagram, no
 * timestamp; and UDP only of who is there or was named. */
static void test_safe(void **state)
{
	struct replay_host hosts[7];
	struct scene scene = make_scene(hosts, SCAN_SAFE);
	struct sent sent = {0};
	struct found *f;

	(void)state;
	scene.watch = note;
	scene.context = &sent;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(sent.empty, 0);
	assert_int_equal(sent.timestamps, 0);
	assert_true(found_port_of(f, "198.18.7.1", TRANSPORT_UDP, 53));
	assert_false(found_port_of(f, "198.18.7.1", TRANSPORT_UDP, 7777));
	assert_false(found_host(f, "198.18.7.4"));
	assert_false(found_host(f, "198.18.7.5"));
	scope_free((struct scope *)scene.plan.scope);
}

/* Sends the question back, but answers one of DNP3. */
static size_t echo(uint16_t port, const uint8_t *request, size_t size, uint8_t *out, size_t max)
{
	static const uint8_t status[] = {0x05, 0x64, 5, 0x0b, 3, 0, 1, 0, 0xfb, 0xfa};

	if (port == 20000) {
		request = status;
		size = sizeof(status);
	}
	assert_true(size <= max);
	memcpy(out, request, size);
	return size;
}

/* Also where nothing of a question comes back, the question itself is no answer. */
static void test_echo(void **state)
{
	static const uint16_t ports[] = {53, 161, 3671, 20000, 47808};
	struct replay_host hosts[7];
	struct scene scene = make_scene(hosts, SCAN_SAFE);
	struct found *f;

	(void)state;
	scene.plan.udp_ports = hosts[2].udp = ports;
	scene.plan.n_udp_ports = hosts[2].n_udp = ARRAY_SIZE(ports);
	scene.network.datagram = echo;
	f = play(&scene);
	counters_close(f);
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		assert_int_equal(found_port_of(f, "198.18.7.1", TRANSPORT_UDP, ports[i]),
			ports[i] == 20000);
	assert_true(counter(f, "strangers") >= 4);
	scope_free((struct scope *)scene.plan.scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_kinds),
		cmocka_unit_test(test_losses_and_duplicates),
		cmocka_unit_test(test_wrong_cookies), cmocka_unit_test(test_one_order),
		cmocka_unit_test(test_safe), cmocka_unit_test(test_echo),
		cmocka_unit_test(test_what_the_stack_looks_like)};

	return RUN(tests);
}
