/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several next hops: targets are spread over those that are there, by weight, each by one of
 * them; one that is not, or is not any more, or is another machine by now, loses nobody; and
 * where none is left nothing is told as looked at.
 */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "scanner/campaign/journal.h"
#include "scanner/campaign/run.h"
#include "scanner/link/packet_build.h"
#include "tests/scenario/network.h"

#define BEHIND "198.18.128.0/24"
#define TARGETS 256
#define ASKED_UNTIL_GIVEN_UP 7 /* the last time when that is known */
#define MORE_FROM 9000
#define WAITING 2 /* asked in vain so often, when a sweep ends */
#define SOON_US 100000
#define STARTED_US 1800000000000000 /* a second before the clock of a scene begins */
#define EVENT_US (25 * CLOCK_SECOND) /* after the first frame */

enum event { NOTHING, NEVER_SAYS, FIRST_DIES, FIRST_COMES_BACK, FIRST_MOVES };

/* What is played. */
struct part {
	enum event event;
	size_t n_hops;
	bool first_is_dead;
	uint16_t weight; /* of the second */
	uint32_t pps;
	int64_t at_us; /* of the event; 0: EVENT_US */
	bool trace;    /* and that happens at the first step of a trace */
	uint16_t first_weight;
	uint8_t lost; /* so many are not reached when they are asked first; and it happens when
			 one is asked again */
	uint8_t breaks_at; /* the first was asked in vain so often: it is stopped, and gone on
			      with */
	bool silent; /* whoever is a target */
	bool known; /* the first, by the kernel, until it is gone on with */
	bool stale, kept; /* and that is long ago; it knows it then, too */
	bool on_link; /* targets are, too */
	bool lives_again; /* the first, when it is gone on with */
	bool aliases; /* happens when a router is asked in the test for aliases */
	bool more_ports; /* are asked, of those who are there; and it happens then */
	int64_t granted_us; /* since the beginning; 0: for ever */
};

/* What the network does, and what was sent by whom; index 0 and 1: gateways, 2: others. */
static struct {
	struct replay_host hosts[4];
	struct part part;
	int64_t begun_us;
	bool happened, back;
	size_t probes[2], before; /* it came back */
	uint8_t by[TARGETS]; /* bits of gateways */
	bool tried[TARGETS];
	size_t in_vain; /* the first was asked for its MAC, or anything by one that it has not
			   any more */
	uint64_t asked_macs;
	bool tests_aliases;
	int64_t asked_us, vain_us[2]; /* the last target; the first of them and the last */
} world;

static const uint16_t ports[] = {22};
static uint16_t more[CAMPAIGN_DIRECT_PORTS + 1]; /* so that it is asked first who is there */

static bool is_to(const struct link_frame *frame, const struct replay_host *host)
{
	return memcmp(frame->bytes, host->mac.bytes, 6) == 0;
}

static void happen(const struct frame *f, int64_t now_us)
{
	enum event event = world.part.event;

	if (!world.begun_us)
		world.begun_us = now_us;
	if (event <= NEVER_SAYS ||
		now_us < world.begun_us + (world.part.at_us ? world.part.at_us : EVENT_US) ||
		(world.part.trace && !world.part.aliases && !world.happened &&
			(f->kind == FRAME_ARP || f->ttl > 30)) ||
		(world.part.aliases && !world.happened && !world.tests_aliases) ||
		(world.part.more_ports && !world.happened &&
			(f->kind != FRAME_TCP || f->dst_port < MORE_FROM)) ||
		(world.part.lost && !world.happened &&
			(f->kind == FRAME_ARP || !world.tried[f->dst.bytes[3]])))
		return;
	if (!world.happened && event == FIRST_MOVES)
		world.hosts[0].mac.bytes[5] = 77;
	else if (!world.happened)
		world.hosts[0].on_link = false;
	world.happened = true;
	if (event == FIRST_COMES_BACK && !world.back &&
		now_us >= world.begun_us + 3 * EVENT_US) {
		world.hosts[0].on_link = world.back = true;
		world.before = world.probes[0];
	}
}

/* Whatever goes to a gateway that is not there, or has another MAC by now, is lost. */
static void watch(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	bool lost = true;

	(void)context;
	happen(f, now_us);
	if (f->kind == FRAME_ARP && addr_equal(&f->dst, &world.hosts[0].at.base) &&
		!world.hosts[0].on_link)
		world.vain_us[world.in_vain++ > 0] = now_us;
	else if (f->kind != FRAME_ARP && world.part.event == FIRST_MOVES && world.happened)
		world.in_vain += !is_to(frame, &world.hosts[0]);
	world.asked_macs += f->kind == FRAME_ARP;
	if (f->kind != FRAME_ARP)
		world.asked_us = now_us;
	for (size_t i = 0; i < 2; i++)
		if (is_to(frame, &world.hosts[i]) && f->dst.family == 4 &&
			f->kind != FRAME_ARP) {
			world.probes[i]++;
			world.by[f->dst.bytes[3]] |= (uint8_t)(1u << i);
			lost = (!world.hosts[i].on_link && world.part.event != NEVER_SAYS) ||
			       (!world.tried[f->dst.bytes[3]] &&
				       f->dst.bytes[3] < world.part.lost);
			world.tried[f->dst.bytes[3]] = true;
		}
	world.hosts[2].asleep = lost || world.part.silent;
}

static void see(void *context, const struct scan_progress *progress, int64_t now_us)
{
	(void)context, (void)now_us;
	world.tests_aliases |= strcmp(progress->phase, "aliases") == 0;
}

static bool breaks(void *context, uint64_t frames)
{
	(void)context, (void)frames;
	return world.in_vain >= world.part.breaks_at;
}

/* In two attempts. */
static struct found *play_broken(struct scene *scene)
{
	const struct journal_head head = {
		.key = siphash_key_seeded(42), .port = 61000, .header.started_us = STARTED_US};
	char path[] = "/tmp/scenario_nexthops_XXXXXX";
	int fd = mkstemp(path), claim;
	struct found *found;

	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	assert_int_equal(journal_claim(path, true, &claim, NULL), 0);
	assert_int_equal(journal_new(path, claim, &head, &scene->journal, NULL), 0);
	scene->stopped = breaks;
	found = play(scene);
	assert_int_equal(counter(found, "stopped"), 1);
	assert_int_equal(found->n_coverage, 0);
	if (world.part.breaks_at == WAITING) {
		assert_true(world.asked_us < world.vain_us[0]);
		assert_true(world.begun_us + found->took_us < world.vain_us[1] + SOON_US);
	}
	scene->n_neighbours = world.part.kept;
	world.hosts[0].on_link |= world.part.lives_again;
	journal_free(scene->journal);
	assert_int_equal(journal_open(path, claim, &scene->journal, NULL), 0);
	scene->stopped = NULL;
	found = play(scene);
	journal_free(scene->journal);
	journal_drop(path, false, claim);
	unlink(path);
	return found;
}

static struct scope *make_scope(int64_t us)
{
	const struct cidr all = net("198.18.0.0/15");
	struct scope *scope = scope_new();

	assert_non_null(scope);
	assert_int_equal(scope_grant(scope, &all, 1, 0,
				 us ? STARTED_US + CLOCK_SECOND + us : INT64_MAX, NULL),
		0);
	return scope;
}

static struct found *play_part(const struct part *part)
{
	const struct route routes[] = {
		{.prefix = net(BEHIND),
			.type = ROUTE_GATEWAY,
			.interface = 2,
			.gateway = host(GATEWAY),
			.weight = part->first_weight ? part->first_weight : 1},
		{.prefix = net(BEHIND),
			.type = ROUTE_GATEWAY,
			.interface = 2,
			.gateway = host("198.18.0.2"),
			.more = true,
			.weight = part->weight}};
	const struct route_neighbour known = {
		2, host(GATEWAY), {{2, 0, 0, 0, 0, 1}}, !part->stale};
	struct cidr targets[] = {net(BEHIND), net("198.18.0.8/29")};
	struct addr far[20]; /* so that a trace takes longer than to give up a next hop */
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = part->on_link ? 2 : 1,
				      .profile = SCAN_STANDARD,
				      .scope = make_scope(part->granted_us),
				      .tcp_ports = ports,
				      .n_tcp_ports = 1,
				      .rate_pps = part->pps,
				      .trace = part->trace},
		.network = {.hosts = world.hosts, .n_hosts = 3, .seed = 1},
		.routes = routes,
		.n_routes = part->n_hops,
		.watch = watch,
		.progress = see,
		.neighbours = &known,
		.n_neighbours = part->event == NEVER_SAYS || part->known};
	struct found *found;

	memset(&world, 0, sizeof(world));
	for (size_t i = 0; i < ARRAY_SIZE(far); i++)
		far[i] = host(i ? "198.19.0.1" : GATEWAY);
	for (size_t i = 1; i < ARRAY_SIZE(far) && part->aliases; i++)
		far[i].bytes[3] = (uint8_t)i;
	world.part = *part;
	world.hosts[0] = world.hosts[1] = gateway();
	world.hosts[1].at = net("198.18.0.2");
	world.hosts[1].mac.bytes[5] = 2;
	world.hosts[0].on_link = !part->first_is_dead;
	world.hosts[2] = behind(BEHIND);
	world.hosts[2].open = ports;
	world.hosts[2].n_open = 1;
	if (part->trace) {
		world.hosts[2].path = far;
		world.hosts[2].n_path = ARRAY_SIZE(far);
	}
	if (part->more_ports) {
		more[0] = ports[0];
		for (uint16_t i = 1; i < ARRAY_SIZE(more); i++)
			more[i] = (uint16_t)(MORE_FROM + i);
		scene.plan.tcp_ports = more;
		scene.plan.n_tcp_ports = ARRAY_SIZE(more);
	}
	found = part->breaks_at ? play_broken(&scene) : play(&scene);
	scope_free((struct scope *)scene.plan.scope);
	if (!part->breaks_at) /* frames are those of one attempt */
		counters_close(found);
	return found;
}

static struct found *play_with(
	enum event event, size_t n_hops, bool first_lives, uint16_t weight, uint32_t pps)
{
	return play_part(&(struct part){.event = event,
		.n_hops = n_hops,
		.first_is_dead = !first_lives,
		.weight = weight,
		.pps = pps});
}

static void all_found(const struct found *found)
{
	assert_in_range(found->n_hosts, TARGETS,
		TARGETS + (world.part.trace ? 2 : 0)); /* and routers */
	assert_int_equal(found->n_ports, TARGETS);
	assert_int_equal(found->n_coverage, 1);
	assert_string_equal(found->coverage[0].cidr, BEHIND);
}

static void test_shared_by_weight(void **state)
{
	size_t first = 0;

	(void)state;
	all_found(play_with(NOTHING, 2, true, 3, 0));
	for (size_t i = 0; i < TARGETS; i++) {
		assert_true(world.by[i] == 1 || world.by[i] == 2);
		first += world.by[i] == 1;
	}
	assert_in_range(first, TARGETS / 4 - 32, TARGETS / 4 + 32);
}

static void test_one_is_not_there(void **state)
{
	const struct found *found = play_with(NOTHING, 2, false, 1, 0);

	(void)state;
	all_found(found);
	assert_int_equal(world.probes[0], 0);
	assert_int_equal(counter(found, "no_next_hop"), 0);
}

/* One that the kernel has a static entry for, and that answers no ARP. */
static void test_one_that_never_says(void **state)
{
	const struct found *found = play_with(NEVER_SAYS, 1, false, 1, 5);

	(void)state;
	all_found(found);
	assert_true(found->took_us > 2 * EVENT_US);
	assert_int_equal(counter(found, "next_hops_changed"), 0);
}

static void test_one_dies(void **state)
{
	const struct found *found = play_with(FIRST_DIES, 2, true, 1, 5);

	(void)state;
	assert_true(world.happened);
	all_found(found);
	assert_int_equal(counter(found, "next_hops_changed"), 1);
	assert_true(world.probes[0] > 0);
}

static void test_one_is_another_machine(void **state)
{
	const struct found *found = play_with(FIRST_MOVES, 1, true, 1, 5);

	(void)state;
	assert_true(world.happened);
	all_found(found);
	assert_int_equal(counter(found, "next_hops_changed"), 1);
}

/* What was found is told, but not that anything was looked at. */
static void test_the_only_one_dies(void **state)
{
	const struct found *found = play_with(FIRST_DIES, 1, true, 1, 5);

	(void)state;
	assert_true(world.happened);
	assert_in_range(found->n_hosts, 1, TARGETS - 1);
	assert_int_equal(found->n_coverage, 0);
	assert_true(counter(found, "no_next_hop") > 0);
}

/* Sweeps that are over before anybody would have been asked whether he is still there. */
static void test_one_dies_in_a_short_sweep(void **state)
{
	static const struct {
		size_t n_hops;
		uint32_t pps;
		int64_t at_us;
	} rows[] = {{1, 200, CLOCK_SECOND / 2}, {1, 100, CLOCK_SECOND / 2},
		{1, 200, CLOCK_SECOND + 200000}, {2, 40, 4 * CLOCK_SECOND},
		{2, 200, CLOCK_SECOND / 2}, {2, 400, 3 * CLOCK_SECOND / 10}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct found *found = play_part(&(struct part){.event = FIRST_DIES,
			.n_hops = rows[i].n_hops,
			.weight = 1,
			.pps = rows[i].pps,
			.at_us = rows[i].at_us});

		assert_true(world.happened);
		assert_int_equal(counter(found, "next_hops_changed"), 1);
		if (rows[i].n_hops == 2) {
			all_found(found);
			continue;
		}
		assert_in_range(found->n_hosts, 1, TARGETS - 1);
		assert_int_equal(found->n_coverage, 0);
	}
}

/* One more pass, no more. */
static void test_one_dies_and_nobody_is_there(void **state)
{
	struct part part = {.n_hops = 2,
		.weight = 1,
		.pps = 200,
		.at_us = CLOCK_SECOND / 2,
		.silent = true};
	uint64_t asked = play_part(&part)->frames - world.asked_macs, more_asked;

	(void)state;
	part.event = FIRST_DIES;
	more_asked = play_part(&part)->frames - world.asked_macs;
	assert_true(world.happened);
	assert_in_range(more_asked, asked + 1, asked + 2 * TARGETS);
}

/* Of those who are there other ports are asked then. */
static void test_one_dies_while_ports_are_asked(void **state)
{
	const struct found *found = play_part(&(struct part){.event = FIRST_DIES,
		.n_hops = 1,
		.weight = 1,
		.pps = 200,
		.at_us = 1,
		.more_ports = true});

	(void)state;
	assert_true(world.happened);
	assert_int_equal(counter(found, "next_hops_changed"), 1);
	assert_int_equal(found->n_hosts, TARGETS);
	assert_int_equal(found->n_coverage, 0);
}

/* Who lives was known by then: what is lost is the way there. */
static void test_one_dies_while_routers_are_asked(void **state)
{
	(void)state;
	for (size_t n_hops = 1; n_hops <= 2; n_hops++) {
		const struct found *found = play_part(&(struct part){.event = FIRST_DIES,
			.n_hops = n_hops,
			.weight = 1,
			.pps = 5,
			.at_us = 1,
			.trace = true});

		assert_true(world.happened);
		all_found(found);
		assert_int_equal(counter(found, "next_hops_changed"), 1);
		assert_true(n_hops == 2 || counter(found, "no_next_hop") > 0);
	}
}

/* So many that some are not asked any more. */
static void test_one_dies_while_many_routers_are_asked(void **state)
{
	const struct addr routers[] = {
		host(GATEWAY), host("198.19.0.1"), host("198.19.0.1"), host("198.19.0.1")};
	struct cidr targets[8];
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = ARRAY_SIZE(targets),
				      .profile = SCAN_STANDARD,
				      .scope = make_scope(0),
				      .tcp_ports = ports,
				      .n_tcp_ports = 1,
				      .rate_pps = 2,
				      .trace = true},
		.network = {.hosts = world.hosts, .n_hosts = 3, .seed = 1},
		.watch = watch};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		targets[i] = net("198.18.128.0/30");
		targets[i].base.bytes[2] += (uint8_t)i;
	}
	for (enum event event = NOTHING; event <= FIRST_DIES; event += FIRST_DIES) {
		const struct found *found;

		memset(&world, 0, sizeof(world));
		world.part = (struct part){.event = event, .at_us = 1, .trace = true};
		world.hosts[0] = gateway();
		world.hosts[1].mac.bytes[5] = 2;
		world.hosts[2] = behind("198.18.128.0/21");
		world.hosts[2].path = routers;
		world.hosts[2].n_path = ARRAY_SIZE(routers);
		found = play(&scene);
		assert_int_equal(world.happened, event == FIRST_DIES);
		assert_int_equal(counter(found, "no_next_hop") > 0, event == FIRST_DIES);
		assert_int_equal(found->n_coverage, ARRAY_SIZE(targets));
	}
	scope_free((struct scope *)scene.plan.scope);
}

static void test_one_dies_while_aliases_are_tested(void **state)
{
	const struct found *found = play_part(&(struct part){.event = FIRST_DIES,
		.n_hops = 1,
		.weight = 1,
		.pps = 5,
		.at_us = 1,
		.trace = true,
		.aliases = true});

	(void)state;
	assert_true(world.happened);
	assert_int_equal(counter(found, "next_hops_changed"), 1);
	assert_true(counter(found, "no_next_hop") > 0);
	assert_int_equal(found->n_ports, TARGETS);
	assert_int_equal(found->n_coverage, 1);
}

/* The pass that was promised when it was given up is made, by whichever attempt, though few
 * answered in this one. */
static void test_broken_off_when_one_is_given_up(void **state)
{
	struct part part = {.event = FIRST_DIES,
		.n_hops = 2,
		.weight = 1,
		.pps = 5,
		.at_us = 1,
		.first_weight = 15,
		.lost = 70};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		part.breaks_at = i ? ASKED_UNTIL_GIVEN_UP : 0;
		part.lives_again = i == 2;
		all_found(play_part(&part));
		assert_true(world.happened);
	}
}

/* Those that are there are asked, when a sweep ends, and cost no more than the answer takes. */
static void test_waiting_for_one_that_is_there(void **state)
{
	(void)state;
	for (size_t n_hops = 1; n_hops <= 2; n_hops++) {
		const struct found *found = play_part(&(struct part){
			.n_hops = n_hops, .weight = 1, .pps = 200, .silent = true});

		assert_int_equal(found->n_hosts, 0);
		assert_int_equal(found->n_coverage, 1);
		assert_int_equal(counter(found, "next_hops_changed"), 0);
		assert_true(counter(found, "sent_solicit") > n_hops);
		assert_true(world.begun_us + found->took_us - world.asked_us <
			    CLOCK_SECOND + SOON_US);
	}
}

/* Stopped while one is waited for that died in a short sweep: at once, and whoever goes on
 * finds it gone. */
static void test_stopped_while_waiting(void **state)
{
	static const struct {
		size_t n_hops;
		bool known, kept, stale, on_link;
	} rows[] = {{1}, {2}, {2, true}, {2, true, .on_link = true}, {1, true, true},
		{1, true, true, true}, {2, true, true}, {2, true, true, true}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct found *found = play_part(&(struct part){.event = FIRST_DIES,
			.n_hops = rows[i].n_hops,
			.known = rows[i].known,
			.kept = rows[i].kept,
			.stale = rows[i].stale,
			.on_link = rows[i].on_link,
			.weight = 1,
			.pps = 200,
			.at_us = CLOCK_SECOND / 2,
			.breaks_at = WAITING});

		assert_true(world.happened);
		assert_int_equal(counter(found, "next_hops_changed"), 1);
		if (rows[i].on_link)
			continue;
		if (rows[i].n_hops == 2) {
			all_found(found);
			continue;
		}
		assert_in_range(found->n_hosts, 1, TARGETS - 1);
		assert_int_equal(found->n_coverage, 0);
	}
}

/* Given up long before it is stopped: that is not lost once more. */
static void test_stopped_after_one_was_given_up(void **state)
{
	struct part part = {
		.event = FIRST_DIES, .n_hops = 2, .weight = 1, .pps = 5, .silent = true};
	const struct found *found = play_part(&part);
	size_t asked = world.probes[1];

	(void)state;
	assert_int_equal(counter(found, "next_hops_changed"), 1);
	for (part.breaks_at = ASKED_UNTIL_GIVEN_UP; part.breaks_at < ASKED_UNTIL_GIVEN_UP + 4;
		part.breaks_at++) {
		found = play_part(&part);
		assert_int_equal(counter(found, "next_hops_changed"), 1);
		assert_in_range(world.probes[1], asked, asked + TARGETS / 2);
	}
}

/* Whoever goes on is answered by another machine than the one that was asked. */
static void test_stopped_when_one_is_another_machine(void **state)
{
	const struct found *found = play_part(&(struct part){.event = FIRST_MOVES,
		.n_hops = 1,
		.weight = 1,
		.pps = 200,
		.at_us = CLOCK_SECOND / 10,
		.breaks_at = 100});

	(void)state;
	all_found(found);
	assert_int_equal(counter(found, "next_hops_changed"), 1);
}

/* The authorisation ends in between. */
static void test_authorisation_ends_while_waiting(void **state)
{
	struct part part = {.event = FIRST_DIES,
		.n_hops = 1,
		.weight = 1,
		.pps = 200,
		.at_us = CLOCK_SECOND / 2};
	const struct found *found = play_part(&part);
	size_t n_hosts = found->n_hosts;

	(void)state;
	part.granted_us = world.vain_us[0] - world.begun_us + 3 * CLOCK_SECOND / 2;
	assert_true(world.vain_us[0] > world.asked_us);
	assert_true(part.granted_us + 3 * CLOCK_SECOND < found->took_us);
	found = play_part(&part);
	assert_int_equal(found->error.code, ERROR_PARTIAL);
	assert_in_range(found->took_us, part.granted_us, part.granted_us + SOON_US);
	assert_int_equal(world.in_vain, 2);
	assert_int_equal(found->n_hosts, n_hosts);
	assert_int_equal(found->n_coverage, 0);
}

/* ---- many -------------------------------------------------------------------------------- */

enum { MANY = 40, STOPPED_S = 34 /* just given up, all of them */ };

/* All but the first die at the time of the event. */
static struct {
	struct replay_host hosts[MANY + 1];
	int64_t begun_us, now_us;
	bool stops;
	size_t probes;
} crowd;

static void watch_crowd(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	(void)frame, (void)context;
	if (!crowd.begun_us)
		crowd.begun_us = now_us;
	crowd.now_us = now_us;
	for (size_t i = 1; i < MANY; i++)
		crowd.hosts[i].on_link &= now_us < crowd.begun_us + EVENT_US;
	crowd.probes += f->kind != FRAME_ARP;
}

static bool stops_crowd(void *context, uint64_t frames)
{
	(void)context, (void)frames;
	return crowd.stops && crowd.now_us > crowd.begun_us + STOPPED_S * CLOCK_SECOND;
}

/* What is repeated when it is gone on with is what was asked in the last moment, not the
 * sweep. */
static void test_many_are_given_up_at_once(void **state)
{
	const struct journal_head head = {
		.key = siphash_key_seeded(42), .port = 61000, .header.started_us = STARTED_US};
	struct cidr target = net(BEHIND);
	struct route routes[MANY];
	struct scene scene = {.plan = {.targets = &target,
				      .n_targets = 1,
				      .profile = SCAN_STANDARD,
				      .scope = make_scope(0),
				      .tcp_ports = ports,
				      .n_tcp_ports = 1,
				      .rate_pps = 5},
		.network = {.hosts = crowd.hosts, .n_hosts = MANY + 1, .seed = 1},
		.routes = routes,
		.n_routes = MANY,
		.watch = watch_crowd,
		.stopped = stops_crowd};
	char path[] = "/tmp/scenario_nexthops_XXXXXX";
	int fd = mkstemp(path), claim;
	size_t first;

	(void)state;
	memset(&crowd, 0, sizeof(crowd));
	for (size_t i = 0; i < MANY; i++) {
		crowd.hosts[i] = gateway();
		crowd.hosts[i].at.base.bytes[3] = crowd.hosts[i].mac.bytes[5] =
			(uint8_t)(100 + i);
		routes[i] = (struct route){.prefix = net(BEHIND),
			.type = ROUTE_GATEWAY,
			.interface = 2,
			.gateway = crowd.hosts[i].at.base,
			.weight = 1,
			.more = i > 0};
	}
	crowd.hosts[MANY] = behind("198.18.200.0/24");
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	assert_int_equal(journal_claim(path, true, &claim, NULL), 0);
	assert_int_equal(journal_new(path, claim, &head, &scene.journal, NULL), 0);
	crowd.stops = true;
	assert_int_equal(counter(play(&scene), "next_hops_changed"), MANY - 1);
	first = crowd.probes;
	assert_in_range(first, 100, TARGETS);
	crowd.stops = false;
	journal_free(scene.journal);
	assert_int_equal(journal_open(path, claim, &scene.journal, NULL), 0);
	assert_int_equal(counter(play(&scene), "next_hops_changed"), MANY - 1);
	assert_true(crowd.probes - first < SWEEP_PASSES_MAX * TARGETS - first / 2);
	journal_free(scene.journal);
	journal_drop(path, false, claim);
	unlink(path);
	scope_free((struct scope *)scene.plan.scope);
}

/* ---- one that cannot be asked ------------------------------------------------------------ */

/* That a next hop of the other family is there, as it may say at any time; every other time the
 * network itself. */
static bool advertise(void *context, struct link_heard *ret)
{
	static uint8_t bytes[128];
	const struct mac ours = {{2, 0, 0, 0, 0, 5}};
	const struct addr sender = host("fe80::1"), us = host("2001:db8::5");
	struct packer p = packer_of(bytes, sizeof(bytes));
	size_t *turn = context;

	packer_bytes(&p, ours.bytes, 6);
	packer_bytes(&p, world.hosts[0].mac.bytes, 6);
	packer_be16(&p, 0x86dd);
	packet_begin(&p, &sender, &us, 58, 255);
	packer_be32(&p, 136u << 24);
	packer_be32(&p, 0x60000000);
	packer_bytes(&p, sender.bytes, 16);
	packer_be16(&p, 0x0201);
	packer_bytes(&p, world.hosts[0].mac.bytes, 6);
	packet_end(&p, 14);
	*ret = (struct link_heard){.type = FRAME_LINK_ETHERNET, .bytes = bytes, .size = p.pos};
	return (*turn)++ % 2;
}

static bool takes_for_ever(void *context, uint64_t frames)
{
	(void)frames;
	return *(size_t *)context > 1000000;
}

/* Over IPv4 by a next hop that has an IPv6 address alone, which is not asked: nor is it waited
 * for. */
static void test_one_that_is_not_asked(void **state)
{
	const struct route route = {.prefix = net(BEHIND),
		.type = ROUTE_GATEWAY,
		.interface = 2,
		.gateway = host("fe80::1"),
		.weight = 1};
	struct cidr targets[] = {net(BEHIND),
		net("198.18.0.8/29")}; /* the others, so that anything is listened to */
	size_t turn = 0;
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = 2,
				      .profile = SCAN_STANDARD,
				      .scope = make_scope(0),
				      .tcp_ports = ports,
				      .n_tcp_ports = 1},
		.network = {.hosts = world.hosts, .n_hosts = 1, .seed = 1},
		.routes = &route,
		.n_routes = 1,
		.forge = advertise,
		.stopped = takes_for_ever,
		.context = &turn};
	const struct found *found;

	(void)state;
	memset(&world, 0, sizeof(world));
	world.hosts[0] = gateway();
	found = play(&scene);
	scope_free((struct scope *)scene.plan.scope);
	assert_int_equal(counter(found, "stopped"), 0);
	assert_int_equal(counter(found, "next_hops_changed"), 0);
}

static void test_one_comes_back(void **state)
{
	(void)state;
	all_found(play_with(FIRST_COMES_BACK, 2, true, 1, 2));
	assert_true(world.back && world.probes[0] > world.before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shared_by_weight),
		cmocka_unit_test(test_one_is_not_there),
		cmocka_unit_test(test_one_that_never_says),
		cmocka_unit_test(test_one_dies),
		cmocka_unit_test(test_one_is_another_machine),
		cmocka_unit_test(test_the_only_one_dies),
		cmocka_unit_test(test_one_dies_in_a_short_sweep),
		cmocka_unit_test(test_one_dies_and_nobody_is_there),
		cmocka_unit_test(test_one_dies_while_ports_are_asked),
		cmocka_unit_test(test_one_dies_while_routers_are_asked),
		cmocka_unit_test(test_one_dies_while_many_routers_are_asked),
		cmocka_unit_test(test_one_dies_while_aliases_are_tested),
		cmocka_unit_test(test_broken_off_when_one_is_given_up),
		cmocka_unit_test(test_waiting_for_one_that_is_there),
		cmocka_unit_test(test_stopped_while_waiting),
		cmocka_unit_test(test_stopped_after_one_was_given_up),
		cmocka_unit_test(test_many_are_given_up_at_once),
		cmocka_unit_test(test_stopped_when_one_is_another_machine),
		cmocka_unit_test(test_authorisation_ends_while_waiting),
		cmocka_unit_test(test_one_that_is_not_asked),
		cmocka_unit_test(test_one_comes_back),
	};

	return RUN(tests);
}
