/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A campaign that is killed (SIGKILL, in the middle of sending) and goes on from its journal:
 * it finds what an unbroken one finds, however often and wherever it is killed, and asks nobody
 * again who had answered, or was asked more than a second before.
 */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "scanner/campaign/journal.h"
#include "tests/scenario/network.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define ASKED_MAX 20000
#define HOSTS 10
#define STARTED_US 1800000000000000 /* a second before the clock of a scene begins */

struct question {
	struct addr dst;
	uint8_t kind, protocol;
	uint16_t port;
};

/* What left, of all attempts; shared with the processes that are killed. */
struct asked {
	struct {
		struct question question;
		unsigned int attempt;
		int64_t at_us;
	} rows[ASKED_MAX];
	size_t n;
	size_t kill_at; /* frames after which this attempt is killed; 0: never */
	unsigned int attempt;
	struct addr others[256]; /* who was asked by stand-ins: agents, then about whom a name
				    server is */
	size_t n_others;
	size_t kill_other; /* the same of these */
};

static struct asked *asked;
static const uint16_t open_ports[] = {22, 443}, open_udp[] = {53};
static const uint16_t tcp_ports[] = {22, 23, 80, 102, 443, 502, 8080}, udp_ports[] = {53, 161};
static const char *const prefixes[] = {"198.18.0.0/15", "2001:db8::/32"};
static struct cidr targets[6];
static char path[] = "/tmp/scenario_resume_XXXXXX";

static void watch(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	(void)frame, (void)context;
	if (asked->n == ASKED_MAX)
		abort();
	asked->rows[asked->n].question =
		(struct question){f->dst, (uint8_t)f->kind, f->ip_protocol,
			f->kind == FRAME_ICMP ? f->icmp_type : f->dst_port};
	asked->rows[asked->n].attempt = asked->attempt;
	asked->rows[asked->n++].at_us = now_us;
	if (asked->kill_at && --asked->kill_at == 0)
		kill(getpid(), SIGKILL);
}

static struct greets greets;

static int say(const struct greet_target *target, const struct observation_sink *sink,
	struct error *reterr)
{
	const struct attribute attributes[] = {
		{"service.product", "OpenSSH"}, {"service.version", "9.2p1"}};
	const struct observation obs = {.kind = OBSERVATION_SERVICE,
		.method = OBSERVATION_BY_GREETING,
		.time_us = 1700000000000000,
		.addr = target->addr,
		.transport = target->transport,
		.port = target->port,
		.protocol = target->port == 53 ? "dns" : "ssh",
		.attributes = attributes,
		.n_attributes = 2,
		.raw = (const uint8_t *)"SSH-2.0-",
		.raw_size = 8};

	return sink->take(sink->context, &obs, reterr);
}

/* Two addresses of one router, each before a network of its own. */
static void add_router(struct replay_host hosts[4])
{
	static struct addr paths[2][2];

	targets[4] = net("198.18.1.0/30");
	targets[5] = net("198.18.2.0/30");
	for (size_t i = 0; i < 2; i++) {
		hosts[2 * i] = behind(i ? "198.18.2.0/30" : "198.18.1.0/30");
		hosts[2 * i + 1] = behind(i ? "198.18.102.1" : "198.18.101.1");
		hosts[2 * i + 1].counter = 1;
		paths[i][0] = host(GATEWAY);
		paths[i][1] = hosts[2 * i + 1].at.base;
		hosts[2 * i].path = paths[i];
		hosts[2 * i].n_path = 2;
	}
}

/* Neighbours, a link that is asked as a whole, hosts behind routers; half of the network behind
 * the router is silent. */
static struct scene make_scene(
	struct replay_host hosts[HOSTS], enum scan_profile profile, unsigned int loss)
{
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = 6,
				      .scope = grants(prefixes, 2),
				      .profile = profile,
				      .trace = true,
				      .tcp_ports = tcp_ports,
				      .n_tcp_ports = ARRAY_SIZE(tcp_ports),
				      .udp_ports = udp_ports,
				      .n_udp_ports = ARRAY_SIZE(udp_ports)},
		.network = {.hosts = hosts,
			.n_hosts = HOSTS,
			.seed = 1,
			.loss_permille = loss,
			.datagram = say_dns},
		.greets = &greets,
		.watch = watch};

	greets = (struct greets){.say = say, .takes_us = 30000};
	targets[0] = net("198.18.0.0/28");
	targets[1] = net("198.18.8.0/24");
	targets[2] = net("2001:db8:1::/124");
	hosts[0] = gateway();
	hosts[0].at = net("198.18.0.0/24");
	hosts[0].open = open_ports;
	hosts[0].n_open = 2;
	hosts[1] = gateway();
	hosts[1].at = net("2001:db8::1");
	targets[3] = net("2001:db8::/64"); /* asked as a whole */
	hosts[4] = gateway();
	hosts[4].at = net("2001:db8::7f3a:91c2:e5d4:6b08");
	hosts[4].mac.bytes[5] = 9;
	hosts[4].station = "pump-7";
	hosts[4].open = open_ports;
	hosts[4].n_open = 2;
	hosts[2] = behind("198.18.8.0/25");
	hosts[3] = behind("2001:db8:1::/64");
	add_router(hosts + 5);
	hosts[9] = gateway(); /* of whom nothing is heard but an address of the link */
	hosts[9].at = net("2001:db8::4d1b:aa07:9c3e:2217");
	hosts[9].mac.bytes[5] = 12;
	hosts[9].local = host("fe80::aaaa:bbbb:cccc:3");
	hosts[9].local_echo = true;
	for (size_t i = 2; i < 4; i++) {
		hosts[i].open = open_ports;
		hosts[i].n_open = 2;
		hosts[i].udp = open_udp;
		hosts[i].n_udp = 1;
	}
	return scene;
}

static int claim = -1;

/* NULL on failure. */
static struct journal *open_journal(bool resume)
{
	struct journal_head head = {
		.key = siphash_key_seeded(42), .port = 61000, .header.started_us = STARTED_US};
	struct journal *journal = NULL;

	if (!resume)
		unlink(path);
	if (journal_claim(path, !resume, &claim, NULL) < 0)
		return NULL;
	if (resume)
		journal_open(path, claim, &journal, NULL);
	else
		journal_new(path, claim, &head, &journal, NULL);
	return journal;
}

static void close_journal(struct scene *scene)
{
	journal_free(scene->journal);
	scene->journal = NULL;
	close(claim);
}

enum { FAILED = 2 }; /* as the code of a process */

/* An attempt in a process of its own that is killed after so many frames; false if it came to
 * its end. */
static bool attempt_killed(struct scene *scene, bool resume, size_t frames)
{
	pid_t child;
	int status;

	asked->attempt++;
	asked->kill_at = frames;
	child = fork();
	if (child == 0) {
		scene->journal = open_journal(resume);
		_exit(scene->journal && play(scene)->error.code == 0 ? 0 : FAILED);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	asked->kill_at = 0;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return true;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return false;
}

static struct found *attempt(struct scene *scene, bool resume)
{
	struct found *found;

	asked->attempt++;
	greets.n = 0;
	scene->journal = open_journal(resume);
	assert_non_null(scene->journal);
	found = play(scene);
	close_journal(scene);
	assert_int_equal(found->error.code, 0);
	return found;
}

static int compare(const void *a, const void *b)
{
	return addr_compare(a, b);
}

static void check_same(const struct found *whole, struct found *found)
{
	qsort(found->hosts, found->n_hosts, sizeof(*found->hosts), compare);
	assert_int_equal(whole->n_hosts, found->n_hosts);
	for (size_t i = 0; i < whole->n_hosts; i++)
		assert_true(addr_equal(&whole->hosts[i], &found->hosts[i]));
	assert_int_equal(whole->n_ports, found->n_ports);
	for (size_t i = 0; i < whole->n_ports; i++)
		assert_true(addr_equal(&whole->ports[i].addr, &found->ports[i].addr) &&
			    whole->ports[i].port == found->ports[i].port &&
			    whole->ports[i].transport == found->ports[i].transport);
	assert_int_equal(whole->n_services, found->n_services);
	assert_int_equal(counter(whole, "greet_answered"), counter(found, "greet_answered"));
	assert_int_equal(counter(whole, "aliases"), counter(found, "aliases"));
	assert_int_equal(
		!found_station(whole, 9, "dcp.name"), !found_station(found, 9, "dcp.name"));
	assert_int_equal(counter(whole, "link_stations"), counter(found, "link_stations"));
	assert_int_equal(!found_station(whole, 12, "ip.link_local"),
		!found_station(found, 12, "ip.link_local"));
	assert_int_equal(counter(whole, "link_neighbours_nameless"),
		counter(found, "link_neighbours_nameless"));
	assert_int_equal(whole->n_keys, found->n_keys);
	for (size_t i = 0; i < whole->n_keys; i++) {
		assert_true(addr_equal(&whole->keys[i].addr, &found->keys[i].addr));
		assert_string_equal(whole->keys[i].value, found->keys[i].value);
	}
	assert_int_equal(whole->n_hops, found->n_hops);
	for (size_t i = 0; i < whole->n_hops; i++)
		assert_true(addr_equal(&whole->hops[i].addr, &found->hops[i].addr) &&
			    addr_equal(&whole->hops[i].peer, &found->hops[i].peer) &&
			    whole->hops[i].ttl == found->hops[i].ttl);
	assert_int_equal(whole->n_coverage, found->n_coverage);
	for (size_t i = 0; i < whole->n_coverage; i++) {
		assert_string_equal(whole->coverage[i].cidr, found->coverage[i].cidr);
		assert_string_equal(whole->coverage[i].ports, found->coverage[i].ports);
	}
	assert_int_equal(counter(found, "received"),
		counter(found, "positive") + counter(found, "negative") +
			counter(found, "hops") + counter(found, "late") +
			counter(found, "duplicates") + counter(found, "strangers") +
			counter(found, "malformed"));
}

static int by_question(const void *a, const void *b)
{
	const struct question *x = a, *y = b;
	int r = addr_compare(&x->dst, &y->dst);

	if (r == 0)
		r = x->kind - y->kind;
	if (r == 0)
		r = x->protocol - y->protocol;
	return r ? r : x->port - y->port;
}

/* Of two attempts: questions that were asked more often than by an unbroken campaign, and not
 * just again because they had been asked less than a second before the first one ended. */
static size_t asked_too_often(const struct asked *once)
{
	size_t first = 0, n = 0;

	while (first < asked->n && asked->rows[first].attempt == asked->rows[0].attempt)
		first++;
	for (size_t i = 0; i < asked->n; i++)
		if (i < first &&
			asked->rows[first - 1].at_us - asked->rows[i].at_us < CLOCK_SECOND)
			asked->rows[i].attempt = 0; /* late */
	qsort(asked->rows, asked->n, sizeof(*asked->rows), by_question);
	for (size_t i = 0, k = 0, end; i < asked->n; i = end) {
		const struct question *question = &asked->rows[i].question;
		size_t late = 0, before = 0;

		for (end = i; end < asked->n && by_question(&asked->rows[end], question) == 0;
			end++)
			late += asked->rows[end].attempt == 0;
		while (k < once->n && by_question(&once->rows[k], question) < 0)
			k++;
		while (k + before < once->n &&
			by_question(&once->rows[k + before], question) == 0)
			before++;
		/* Next hops and links are asked anew, however that ends, and what is found out
		 * without a pause. */
		if (question->kind != FRAME_ARP && question->kind != FRAME_OTHER &&
			question->protocol != 58 && question->dst.bytes[2] < 100)
			n += end - i > before + late;
	}
	return n;
}

static struct found whole;
static struct asked once; /* what was asked for that, in order */

static size_t play_whole(struct scene *scene)
{
	memset(asked, 0, sizeof(*asked));
	whole = *attempt(scene, false);
	qsort(whole.hosts, whole.n_hosts, sizeof(*whole.hosts), compare);
	assert_true(whole.n_hosts > 100 && whole.n_ports > 200 && whole.n_services > 200 &&
		    whole.n_coverage > 0);
	once = *asked;
	qsort(once.rows, once.n, sizeof(*once.rows), by_question);
	assert_int_equal(whole.n_keys, scene->plan.profile == SCAN_SAFE ? 0 : 2);
	assert_int_equal(
		!found_station(&whole, 12, "ip.link_local"), scene->plan.profile == SCAN_SAFE);
	return once.n;
}

static void test_killed_once(void **state)
{
	static const enum scan_profile profiles[] = {SCAN_SAFE, SCAN_STANDARD, SCAN_THOROUGH};
	struct replay_host hosts[HOSTS];
	uint64_t random = 88172645463325252ull;

	(void)state;
	for (size_t p = 0; p < 3; p++) {
		struct scene scene = make_scene(hosts, profiles[p], 0);
		size_t frames = play_whole(&scene);

		for (size_t i = 0; i < 16; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			memset(asked, 0, sizeof(*asked));
			/* The beginning and the end have few frames, and stages of their
			 * own. */
			assert_true(attempt_killed(&scene, false,
				i < 6	? 1 + 2 * i
				: i < 9 ? frames - i + 6
					: 1 + random % frames));
			check_same(&whole, attempt(&scene, true));
			assert_int_equal(asked_too_often(&once), 0);
		}
		scope_free((struct scope *)scene.plan.scope);
	}
}

/* Killed again and again, with losses: passes, too, go on where they were. */
static void test_killed_often(void **state)
{
	struct replay_host hosts[HOSTS];
	struct scene scene = make_scene(hosts, SCAN_THOROUGH, 60);
	unsigned int kills = 0;

	(void)state;
	play_whole(&scene);
	for (size_t step = 37; step < 400; step += 61) {
		memset(asked, 0, sizeof(*asked));
		for (bool resume = false; attempt_killed(&scene, resume, step); resume = true)
			if (++kills % 10 == 0)
				break; /* it need not get anywhere within less than a second */
		check_same(&whole, attempt(&scene, true));
	}
	scope_free((struct scope *)scene.plan.scope);
}

/* Where the clock on the wall stands when it goes on: after more than an hour silence says
 * nothing. */
static void test_paused(void **state)
{
	static const struct {
		int64_t pause_s;
		bool too_long;
	} rows[] = {{3000, false}, {3700, true}, {-86400, false}, {10000000, true}};
	struct replay_host hosts[HOSTS];
	struct scene scene = make_scene(hosts, SCAN_STANDARD, 0);
	size_t frames = play_whole(&scene);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct found *found;

		memset(asked, 0, sizeof(*asked));
		assert_true(attempt_killed(&scene, false, frames / 2));
		scene.network.later_us = rows[i].pause_s * CLOCK_SECOND;
		found = attempt(&scene, true);
		scene.network.later_us = 0;
		assert_int_equal(counter(found, "paused_too_long"), rows[i].too_long);
		assert_int_equal(found->n_hosts, whole.n_hosts);
		assert_int_equal(found->n_ports, whole.n_ports);
		assert_int_equal(found->n_coverage, rows[i].too_long ? 0 : whole.n_coverage);
	}
	scope_free((struct scope *)scene.plan.scope);
}

/* A stop while the journal is read ends the attempt, and the next one goes on from the same
 * place. */
static bool stop_at_once(void *context, uint64_t frames)
{
	(void)context, (void)frames;
	return true;
}

static void test_stopped_at_once(void **state)
{
	struct replay_host hosts[HOSTS];
	struct scene scene = make_scene(hosts, SCAN_STANDARD, 0);
	size_t frames = play_whole(&scene);

	(void)state;
	memset(asked, 0, sizeof(*asked));
	assert_true(attempt_killed(&scene, false, frames / 2));
	scene.stopped = stop_at_once;
	assert_int_equal(counter(attempt(&scene, true), "stopped"), 1);
	scene.stopped = NULL;
	check_same(&whole, attempt(&scene, true));
	scope_free((struct scope *)scene.plan.scope);
}

/* What left is counted over all attempts, but for the frames after the last mark. */
static void test_what_is_counted(void **state)
{
	struct replay_host hosts[HOSTS];
	struct scene scene = make_scene(hosts, SCAN_STANDARD, 0);
	size_t frames = play_whole(&scene);
	struct found *found;

	(void)state;
	for (size_t part = 1; part < 8; part++) {
		memset(asked, 0, sizeof(*asked));
		assert_true(attempt_killed(&scene, false, frames * part / 8));
		assert_true(attempt_killed(&scene, true, 40));
		found = attempt(&scene, true);
		check_same(&whole, found);
		assert_in_range(counter(found, "sent"), asked->n - 200, asked->n);
	}
	scope_free((struct scope *)scene.plan.scope);
}

/* One MAC that answers for many of a link asked as a whole: the journal makes no hosts of them
 * either. */
static void test_a_proxy_on_the_link(void **state)
{
	struct replay_host hosts[HOSTS + 17];
	struct scene scene = make_scene(hosts, SCAN_STANDARD, 0);

	(void)state;
	for (size_t i = HOSTS; i < ARRAY_SIZE(hosts); i++) {
		hosts[i] = hosts[4];
		hosts[i].mac.bytes[5] = 10;
		hosts[i].at.base.bytes[15] = (uint8_t)i;
		hosts[i].asleep = true;
	}
	scene.network.n_hosts = ARRAY_SIZE(hosts);
	play_whole(&scene);
	assert_int_equal(counter(&whole, "proxy_arp"), 1);
	assert_false(found_host(&whole, "2001:db8::7f3a:91c2:e5d4:6b09"));
	for (size_t frames = 2; frames < 14; frames += 2) {
		struct found *found;

		memset(asked, 0, sizeof(*asked));
		assert_true(attempt_killed(&scene, false, frames));
		found = attempt(&scene, true);
		check_same(&whole, found);
		assert_int_equal(counter(found, "proxy_arp"), 1);
	}
	scope_free((struct scope *)scene.plan.scope);
}

/* ---- what no sweep asks ------------------------------------------------------------------ */

#define NAMED 20
#define TAKES_US 150000 /* so that what was said before is in the file */

static const struct login logins[] = {
	{.cidr = {{4, {198, 18, 8, 0}}, 29}, .kind = LOGIN_COMMUNITY, .name = "lab"}};

static void ask_other(const struct addr *addr)
{
	assert_true(asked->n_others < ARRAY_SIZE(asked->others));
	asked->others[asked->n_others++] = *addr;
	if (asked->kill_other && --asked->kill_other == 0)
		kill(getpid(), SIGKILL);
	pass_time(TAKES_US);
}

static int by_addr(const void *a, const void *b)
{
	return addr_compare(a, b);
}

static struct addr read_here[8]; /* by this attempt */
static size_t n_read_here;

static bool is_own(const struct walk_options *o, const struct addr *addr, const uint8_t *engine,
	size_t size)
{
	for (size_t i = 0; i < n_read_here; i++)
		if (addr->bytes[3] % 2 && read_here[i].bytes[3] + 1 == addr->bytes[3])
			return true;
	for (size_t i = 0; i < o->n_own; i++)
		if (addr_equal(&o->own[i].addr, addr) && o->own[i].size == size &&
			memcmp(o->own[i].engine, engine, size) == 0)
			return true;
	return false;
}

/* Each even address is a switch that has the odd one behind it as its own, and some host on a
 * port. */
static int read_agent(const struct addr *addr, const struct walk_options *o,
	const struct observation_sink *sink, struct walk_counts *counts, struct error *reterr)
{
	static struct reading reading;
	const struct walk_interface interfaces[] = {
		{1, "p1", {{2, 0, 0, 0, 1, addr->bytes[3]}}}};
	struct walk_address addresses[] = {{1, *addr}, {1, *addr}};
	const struct walk_arp arps[] = {{1, host("198.18.8.99"), {{2, 0, 0, 0, 2, 99}}}};
	const struct walk_station stations[] = {{1, 0, {{2, 0, 0, 0, 2, 99}}}};
	const struct walk_neighbour neighbours[] = {{.cdp = true,
		.index = 1,
		.port = "p1",
		.addr = host("198.18.8.100"),
		.name = "sw",
		.peer_port = "q",
		.said = 1}};
	const struct walk_said said = {"Software 7", "cisco X7"};
	const struct walk_member members[] = {{2, 1}};
	const struct walk_tables tables = {true, true, true, interfaces, addresses, arps,
		stations, neighbours, members, 1, 2, 1, 1, 1, 1, &said, 1};
	const struct observation obs = {.kind = OBSERVATION_SERVICE,
		.method = OBSERVATION_BY_GREETING,
		.time_us = 1700000000000000,
		.addr = *addr,
		.transport = TRANSPORT_UDP,
		.port = 161,
		.protocol = "snmp"};
	struct walk_end end = {*addr, WALK_FATE_READ, 3, 0, 2, {9, addr->bytes[3] & 0xfe}};
	int r = 0;

	if (addr->bytes[3] % 2 == 0)
		addresses[1].addr.bytes[3]++;
	ask_other(addr);
	if (is_own(o, addr, end.engine, 2))
		end = (struct walk_end){.addr = *addr, .fate = WALK_FATE_SAME, .requests = 1};
	else if ((r = sink->take(sink->context, &obs, reterr)) == 0) {
		read_here[n_read_here++ % ARRAY_SIZE(read_here)] = *addr;
		reading_clear(&reading);
		reading_key(&reading, "snmp.engineid", "09aa", 4);
		r = o->read(o->context, addr, &tables, &reading, reterr);
	}
	walk_count(counts, &end);
	if (r == 0)
		o->ended(o->context, &end);
	return r;
}

static int read_agents(const struct addr *addrs, size_t n, const struct walk_options *o,
	const struct observation_sink *sink, struct walk_counts *ret, struct error *reterr)
{
	int r = 0;

	n_read_here = 0;
	*ret = (struct walk_counts){0};
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (!(o->n_known && bsearch(&addrs[i], o->known, o->n_known, sizeof(addrs[i]),
					    by_addr)))
			r = read_agent(&addrs[i], o, sink, ret, reterr);
		o->progress(o->context, i, n);
	}
	return r;
}

static bool is_known(const struct reverse_options *o, const struct reverse_asked *asked_before)
{
	for (size_t i = 0; i < o->n_known; i++)
		if (addr_equal(&o->known[i].addr, &asked_before->addr) &&
			addr_equal(&o->known[i].server, &asked_before->server))
			return true;
	return false;
}

static int ask_names(const struct reverse_server *servers, size_t n_servers,
	const struct addr *addrs, size_t n_addrs, const struct reverse_options *o,
	const struct observation_sink *sink, struct reverse_counts *ret, struct error *reterr)
{
	int r = 0;

	assert_true(n_servers > 0 && n_addrs > NAMED);
	*ret = (struct reverse_counts){0};
	for (size_t i = 0; r == 0 && i < NAMED; i++) {
		const struct attribute attributes[] = {{"name", "pump"}, {"source", "dns.ptr"}};
		const struct observation obs = {.kind = OBSERVATION_NAME,
			.method = OBSERVATION_BY_GREETING,
			.time_us = 1700000000000000,
			.addr = addrs[i],
			.attributes = attributes,
			.n_attributes = 2};
		const struct reverse_asked one = {
			servers[0].addr, addrs[i], REVERSE_WAS_NAMED, 1, 1};

		if (!is_known(o, &one)) {
			ask_other(&addrs[i]);
			r = sink->take(sink->context, &obs, reterr);
			o->asked(o->context, &one);
		}
		ret->named++;
		o->progress(o->context, i, NAMED);
	}
	return r;
}

/* Asked in all of the attempts: each once, but for whoever was being asked when one was
 * killed. */
static void check_others(size_t kills)
{
	assert_in_range(asked->n_others, 8 + NAMED, 8 + NAMED + 2 * kills);
	qsort(asked->others, asked->n_others, sizeof(*asked->others), by_addr);
}

static void check_same_others(const struct found *found)
{
	static const char *const names[] = {"agents", "agents_read", "agents_same",
		"agent_requests", "agent_links", "agent_stations", "names_found",
		"wiring_over_limit"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(counter(&whole, names[i]), counter(found, names[i]));
	assert_int_equal(whole.n_names, found->n_names);
	assert_int_equal(whole.n_facts, found->n_facts);
	assert_true(found_fact(found, "198.18.8.100", "cdp.software"));
	assert_int_equal(whole.n_links, found->n_links);
	for (size_t i = 0; i < whole.n_links; i++)
		assert_true(addr_equal(&whole.links[i].addr, &found->links[i].addr) &&
			    addr_equal(&whole.links[i].peer, &found->links[i].peer));
}

static void test_agents_and_names(void **state)
{
	struct replay_host hosts[HOSTS];
	struct scene scene = make_scene(hosts, SCAN_STANDARD, 0);

	(void)state;
	scene.walk = read_agents;
	scene.reverse = ask_names;
	scene.plan.logins = logins;
	scene.plan.n_logins = 1;
	memset(asked, 0, sizeof(*asked));
	whole = *attempt(&scene, false);
	qsort(whole.hosts, whole.n_hosts, sizeof(*whole.hosts), compare);
	assert_int_equal(counter(&whole, "agents_read"), 4);
	assert_int_equal(counter(&whole, "agents_same"), 4);
	assert_true(
		counter(&whole, "agent_links") > 0 && counter(&whole, "names_found") == NAMED);
	assert_int_equal(whole.n_names, NAMED);
	check_others(0);
	for (size_t at = 1; at <= 8 + NAMED; at += 3) {
		struct found *found;

		memset(asked, 0, sizeof(*asked));
		asked->kill_other = at;
		assert_true(attempt_killed(&scene, false, 0));
		asked->kill_other = 2;
		if (at < 8 + NAMED)
			assert_true(attempt_killed(&scene, true, 0));
		asked->kill_other = 0;
		found = attempt(&scene, true);
		check_same(&whole, found);
		check_same_others(found);
		check_others(2);
	}
	scope_free((struct scope *)scene.plan.scope);
}

static size_t echoes_to_routers(void)
{
	size_t n = 0;

	for (size_t i = 0; i < asked->n; i++) {
		const struct question *q = &asked->rows[i].question;

		n += q->kind == FRAME_ICMP && q->dst.family == 4 &&
		     (q->dst.bytes[2] == 101 || q->dst.bytes[2] == 102);
	}
	return n;
}

/* The test for aliases goes on in the round in which it was, and says the same. */
static void test_aliases(void **state)
{
	struct replay_host hosts[HOSTS];
	struct scene scene = make_scene(hosts, SCAN_STANDARD, 0);
	size_t frames = play_whole(&scene), echoes = echoes_to_routers();

	(void)state;
	assert_true(echoes > 12);
	for (size_t back = 1; back < echoes - 8; back += 3) {
		struct found *found;

		memset(asked, 0, sizeof(*asked));
		assert_true(attempt_killed(&scene, false, frames - back));
		found = attempt(&scene, true);
		check_same(&whole, found);
		assert_in_range(echoes_to_routers(), echoes, echoes + 2);
	}
	scope_free((struct scope *)scene.plan.scope);
}

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_once),
		cmocka_unit_test(test_killed_often),
		cmocka_unit_test(test_paused),
		cmocka_unit_test(test_stopped_at_once),
		cmocka_unit_test(test_what_is_counted),
		cmocka_unit_test(test_a_proxy_on_the_link),
		cmocka_unit_test(test_agents_and_names),
		cmocka_unit_test(test_aliases),
	};

	return RUN(tests);
}

int main(void)
{
	int fd = mkstemp(path), r;

	asked = mmap(NULL, sizeof(*asked), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		-1, 0);
	if (fd < 0 || asked == MAP_FAILED)
		return 1;
	close(fd);
	r = run_all();
	unlink(path);
	return r;
}
