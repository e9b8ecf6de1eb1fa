/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packet oracle: over many random scopes, exclusions and targets, no frame leaves for an
 * address that is not allowed. The oracle asks neither the scope's trie nor the campaign: it
 * compares with the plain lists. Next hops may be asked for their MAC, and for nothing else;
 * all of a link only if its whole prefix is granted.
 */
#include "tests/unit/unit.h"

#include "tests/scenario/network.h"

#define ROUNDS 400
#define LIST_MAX 6

struct oracle {
	struct cidr granted[LIST_MAX], scope_out[LIST_MAX], plan_out[LIST_MAX];
	size_t n_granted, n_scope_out, n_plan_out;
	uint64_t frames, outside, to_all, to_stations;
};

static uint64_t random_state;

static uint32_t draw(uint32_t below)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(random_state >> 33) % below;
}

/* A prefix inside of 198.18.0.0/22, or now and then of the on-link /120 of IPv6. */
static struct cidr draw_cidr(void)
{
	struct addr addr = draw(5) ? host("198.18.0.0") : host("2001:db8::");
	bool v4 = addr.family == 4;

	addr.bytes[v4 ? 3 : 15] = (uint8_t)draw(256);
	if (v4)
		addr.bytes[2] = (uint8_t)draw(4);
	return cidr_of(&addr, (uint8_t)(v4 ? 22 + draw(11) : 120 + draw(9)));
}

static bool in(const struct cidr *list, size_t n, const struct addr *addr)
{
	for (size_t i = 0; i < n; i++)
		if (cidr_contains(&list[i], addr))
			return true;
	return false;
}

/* Granted as one prefix, as the rounds do it, and nothing of it taken out. */
static bool all_granted(const struct oracle *o)
{
	const struct cidr link = net("2001:db8::/64");
	bool whole = false;

	for (size_t i = 0; i < o->n_granted; i++)
		whole |= cidr_covers(&o->granted[i], &link);
	for (size_t i = 0; i < o->n_scope_out; i++)
		whole &= !cidr_covers(&link, &o->scope_out[i]);
	for (size_t i = 0; i < o->n_plan_out; i++)
		whole &= !cidr_covers(&link, &o->plan_out[i]);
	return whole;
}

/* And of IPv4's prefix each address. */
static bool all_stations_granted(const struct oracle *o)
{
	struct addr addr = host("198.18.0.0");

	for (unsigned int i = 0; i < 256; i++) {
		addr.bytes[3] = (uint8_t)i;
		if (!in(o->granted, o->n_granted, &addr) ||
			in(o->scope_out, o->n_scope_out, &addr) ||
			in(o->plan_out, o->n_plan_out, &addr))
			return false;
	}
	return all_granted(o);
}

static void watch(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	struct oracle *o = context;
	struct addr dst = f->dst, gateway4 = host(GATEWAY), gateway6 = host("2001:db8::1");
	bool solicitation =
		f->kind == FRAME_ARP || (f->kind == FRAME_ICMP && f->icmp_type == 135);

	(void)frame, (void)now_us;
	o->frames++;
	if (f->kind == FRAME_ICMP && f->icmp_type == 135)
		dst = addr_from_bytes(6, f->payload + 4);
	if (solicitation && (addr_equal(&dst, &gateway4) || addr_equal(&dst, &gateway6)))
		return;
	if (f->kind == FRAME_OTHER) { /* to all stations of PROFINET */
		o->to_stations++;
		o->outside += !all_stations_granted(o);
		return;
	}
	if (addr_is_multicast(&dst)) {
		o->to_all++;
		o->outside += !all_granted(o);
		return;
	}
	if (!in(o->granted, o->n_granted, &dst) || in(o->scope_out, o->n_scope_out, &dst) ||
		in(o->plan_out, o->n_plan_out, &dst))
		o->outside++;
}

/* What is called covered was allowed as a whole; own, network and broadcast addresses, where
 * nobody else can be, do not break it up. */
static void coverage_is_allowed(const struct found *f, const struct oracle *o)
{
	const struct addr own4 = host("198.18.0.5"), own6 = host("2001:db8::5");

	for (size_t i = 0; i < f->n_coverage; i++) {
		struct cidr cidr = net(f->coverage[i].cidr);

		struct addr_range range = addr_range_of(&cidr);

		for (struct addr addr = range.first;; addr_step(&addr, 1)) {
			if (addr_compare(&addr, &range.last) > 0)
				break;
			if (addr_equal(&addr, &own4) || addr_equal(&addr, &own6) ||
				(addr.family == 4 && addr.bytes[2] == 0 &&
					(addr.bytes[3] == 0 || addr.bytes[3] == 255)))
				continue;
			assert_true(in(o->granted, o->n_granted, &addr));
			assert_false(in(o->scope_out, o->n_scope_out, &addr));
			assert_false(in(o->plan_out, o->n_plan_out, &addr));
		}
	}
}

static struct addr_set *list_of(const struct cidr *cidrs, size_t n)
{
	struct addr_set *set = addr_set_new();

	for (size_t i = 0; i < n; i++)
		assert_int_equal(addr_set_add_cidr(set, &cidrs[i], NULL), 0);
	assert_int_equal(addr_set_seal(set, NULL), 0);
	return set;
}

/* All but the first target come by a list, and so do all exclusions. */
static void to_lists(struct scan_plan *plan)
{
	plan->target_list = list_of(plan->targets + 1, plan->n_targets - 1);
	plan->exclude_list = list_of(plan->excludes, plan->n_excludes);
	plan->n_targets = 1;
	plan->n_excludes = 0;
}

/* By the authorisation and by the plan, each address once. */
static void excluded_are_counted(
	const struct found *f, const struct scan_plan *plan, const struct oracle *o)
{
	uint64_t excluded = 0, never = 0;
	struct scan_aim aim;

	assert_int_equal(scan_aim_make(plan, &aim, NULL), 0);
	for (uint64_t i = 0; i < addr_set_count(aim.targets); i++) {
		struct addr addr = addr_set_nth(aim.targets, i);

		if (!in(o->scope_out, o->n_scope_out, &addr) &&
			!in(o->plan_out, o->n_plan_out, &addr))
			continue;
		excluded++;
		never += addr.family == 4 && addr.bytes[2] == 0 &&
			 (addr.bytes[3] == 0 || addr.bytes[3] == 255);
	}
	/* of a link that is asked as a whole our own address is a target */
	assert_in_range(counter(f, "excluded"), excluded - never, excluded + aim.n_links);
	scan_aim_done(&aim);
}

static void test_nothing_leaves_for_others(void **state)
{
	static const uint16_t ports[] = {22, 80, 443, 502, 9999};
	const struct addr path[] = {host(GATEWAY)};
	const struct replay_host hosts[] = {{.at = net("198.18.0.0/24"),
						    .mac = {{2, 0, 0, 0, 0, 1}},
						    .on_link = true,
						    .open = ports,
						    .n_open = 2,
						    .unreachable = -1},
		{.at = net("2001:db8::/64"),
			.mac = {{2, 0, 0, 0, 0, 1}},
			.on_link = true,
			.open = ports,
			.n_open = 1,
			.unreachable = -1},
		{.at = net("198.18.0.0/15"),
			.open = ports,
			.n_open = 3,
			.path = path,
			.n_path = 1,
			.unreachable = -1},
		{.at = net("2001:db8::77:7"),
			.mac = {{2, 0, 0, 0, 0, 7}},
			.on_link = true,
			.local = host("fe80::7"),
			.open = ports,
			.n_open = 1,
			.unreachable = -1}};
	uint64_t frames = 0, refused = 0, excluded = 0, to_all = 0, to_stations = 0, links = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct cidr targets[LIST_MAX];
		struct oracle o = {0};
		struct scope *scope = scope_new();
		struct scene scene = {.plan = {.targets = targets,
					      .excludes = o.plan_out,
					      .scope = scope,
					      .tcp_ports = ports,
					      .trace = true},
			.network = {.hosts = hosts, .n_hosts = 4, .seed = (uint64_t)round + 1},
			.watch = watch,
			.context = &o};
		struct found *f;

		random_state = (uint64_t)round * 7919 + 17;
		o.n_granted = 1 + draw(LIST_MAX - 1);
		o.n_scope_out = draw(3);
		scene.plan.n_excludes = o.n_plan_out = draw(3);
		scene.plan.n_targets = 1 + draw(3);
		scene.plan.n_tcp_ports = 1 + draw(5);
		scene.plan.profile = (enum scan_profile)(1 + draw(2));
		scene.plan.rate_pps = 100000;
		scene.plan.seed = (uint64_t)round + 1;
		for (size_t i = 0; i < o.n_granted; i++) {
			o.granted[i] = draw_cidr();
			if (i == 0 && round % 16 >= 8)
				o.granted[i] = net("2001:db8::/48");
			scope_grant(scope, &o.granted[i], 1, 0, INT64_MAX, NULL);
		}
		for (size_t i = 0; i < o.n_scope_out; i++) {
			o.scope_out[i] = draw_cidr();
			scope_exclude(scope, &o.scope_out[i], NULL);
		}
		for (size_t i = 0; i < o.n_plan_out; i++)
			o.plan_out[i] = draw_cidr();
		for (size_t i = 0; i < scene.plan.n_targets; i++)
			targets[i] =
				i == 0 && round % 4 == 0 ? net("2001:db8::/64") : draw_cidr();
		links += round % 4 == 0;
		if (round % 2)
			to_lists(&scene.plan);
		f = play(&scene);
		counters_close(f);
		assert_int_equal(o.outside, 0);
		frames += o.frames;
		to_all += o.to_all > 0;
		to_stations += o.to_stations > 0;
		refused += counter(f, "out_of_scope");
		excluded += counter(f, "excluded");
		excluded_are_counted(f, &scene.plan, &o);
		coverage_is_allowed(f, &o);
		addr_set_free((struct addr_set *)scene.plan.target_list);
		addr_set_free((struct addr_set *)scene.plan.exclude_list);
		scope_free(scope);
	}
	/* the oracle saw work, and the check had something to refuse */
	assert_true(frames > 20000);
	assert_true(refused > 20000);
	assert_true(excluded > 1000);
	/* links too: some might be asked, some not */
	assert_in_range(to_all, 20, links - 20);
	assert_in_range(to_stations, 1, to_all - 10);
}

/* A grant that ends in the middle ends the probes at that moment. */
static void test_a_grant_that_ends(void **state)
{
	static const uint16_t ports[] = {80};
	const struct addr path[] = {host(GATEWAY)};
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.0/22"),
			.open = ports,
			.n_open = 1,
			.path = path,
			.n_path = 1,
			.unreachable = -1}};
	struct cidr targets[] = {net("198.18.8.0/22"), net("198.18.16.0/30")};
	/* the scripted clock begins at 1,800,000,001 s; half a second of probing is granted */
	int64_t until = 1800000001000000LL + 500000;

	(void)state;
	for (size_t n = 1; n <= 2; n++) {
		struct scope *scope = scope_new();
		struct scene scene = {.plan = {.targets = targets,
					      .n_targets = n,
					      .scope = scope,
					      .tcp_ports = ports,
					      .n_tcp_ports = 1,
					      .profile = SCAN_STANDARD,
					      .rate_pps = 1000},
			.network = {.hosts = hosts, .n_hosts = 2, .seed = 3}};
		struct found *f;

		assert_int_equal(scope_grant(scope, &targets[0], 1, 0, until, NULL), 0);
		assert_int_equal(scope_grant(scope, &targets[1], 1, 0, INT64_MAX, NULL), 0);
		f = play(&scene);
		counters_close(f);
		assert_in_range(f->n_hosts, 300, 520);
		/* Alone it ends the campaign; else the others are asked, and who is not is
		 * told. */
		assert_int_equal(f->error.code, n == 1 ? ERROR_PARTIAL : 0);
		assert_int_equal(counter(f, "stopped"), n == 1);
		if (n == 1)
			assert_non_null(strstr(f->error.text, "authorisation ended"));
		else
			assert_true(counter(f, "out_of_scope") > 400);
		for (size_t i = 0; i < f->n_coverage; i++)
			assert_string_equal(f->coverage[i].cidr, "198.18.16.0/30");
		assert_int_equal(f->n_coverage, n - 1);
		scope_free(scope);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing_leaves_for_others),
		cmocka_unit_test(test_a_grant_that_ends)};

	return RUN(tests);
}
