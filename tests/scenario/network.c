/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "tests/scenario/network.h"

#include <stdio.h>

static struct found found;
static struct scene *playing;
static struct link *wire;

struct cidr net(const char *text)
{
	struct cidr cidr;

	assert_int_equal(cidr_parse(text, &cidr, NULL), 0);
	return cidr;
}

struct addr host(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return addr;
}

struct replay_host gateway(void)
{
	return (struct replay_host){.at = net(GATEWAY),
		.mac = {{2, 0, 0, 0, 0, 1}},
		.on_link = true,
		.unreachable = -1};
}

struct replay_host behind(const char *prefix)
{
	static struct addr paths[2];
	struct addr *path = &paths[strchr(prefix, ':') != NULL];

	*path = host(strchr(prefix, ':') ? "2001:db8::1" : GATEWAY);
	return (struct replay_host){
		.at = net(prefix), .path = path, .n_path = 1, .unreachable = -1};
}

struct scope *grants(const char *const *prefixes, size_t n)
{
	struct scope *scope = scope_new();

	assert_non_null(scope);
	for (size_t i = 0; i < n; i++) {
		struct cidr cidr = net(prefixes[i]);

		assert_int_equal(scope_grant(scope, &cidr, 1, 0, INT64_MAX, NULL), 0);
	}
	return scope;
}

static struct route_table *make_routes(const struct scene *scene)
{
	const struct route routes[] = {{.prefix = net("198.18.0.5"),
					       .type = ROUTE_LOCAL,
					       .local_table = true,
					       .interface = 2},
		{.prefix = net("2001:db8::5"),
			.type = ROUTE_LOCAL,
			.local_table = true,
			.interface = 2},
		{.prefix = net("198.18.0.255"),
			.type = ROUTE_BROADCAST,
			.local_table = true,
			.interface = 2},
		{.prefix = net("198.18.0.0/24"), .type = ROUTE_ON_LINK, .interface = 2},
		{.prefix = net("198.18.0.0/15"),
			.type = ROUTE_GATEWAY,
			.interface = 2,
			.gateway = host(GATEWAY)},
		{.prefix = net("2001:db8::/64"), .type = ROUTE_ON_LINK, .interface = 2},
		{.prefix = net("2001:db8::/32"),
			.type = ROUTE_GATEWAY,
			.interface = 2,
			.gateway = host("2001:db8::1")}};
	const struct route_interface interfaces[] = {
		{.name = "lo", .index = 1, .up = true, .loopback = true},
		{.name = "eth0",
			.index = 2,
			.up = true,
			.ethernet = true,
			.mac = {{2, 0, 0, 0, 0, 5}}}};
	const struct route_address addresses[] = {
		{2, host("198.18.0.5"), 24}, {2, host("2001:db8::5"), 64}};
	struct route_table *table = route_table_new();

	assert_non_null(table);
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++)
		assert_int_equal(route_add(table, &routes[i], NULL), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(route_add_interface(table, &interfaces[i], NULL), 0);
		assert_int_equal(route_add_address(table, &addresses[i], NULL), 0);
	}
	for (size_t i = 0; i < scene->n_routes; i++)
		assert_int_equal(route_add(table, &scene->routes[i], NULL), 0);
	for (size_t i = 0; i < scene->n_neighbours; i++)
		assert_int_equal(route_add_neighbour(table, &scene->neighbours[i], NULL), 0);
	route_table_seal(table);
	return table;
}

static int take(void *context, const struct observation *obs, struct error *reterr)
{
	(void)context, (void)reterr;
	if (obs->kind == OBSERVATION_HOST && found.n_hosts < FOUND_MAX) {
		found.hosts[found.n_hosts++] = obs->addr;
	} else if (obs->kind == OBSERVATION_PORT && found.n_ports < FOUND_MAX) {
		found.ports[found.n_ports].addr = obs->addr;
		found.ports[found.n_ports].transport = (uint8_t)obs->transport;
		found.ports[found.n_ports++].port = obs->port;
	} else if (obs->kind == OBSERVATION_SERVICE) {
		bool told = false;

		for (size_t i = 0; i < found.n_hosts; i++)
			told |= addr_equal(&found.hosts[i], &obs->addr);
		assert_true(told); /* no service before its host */
		found.n_services++;
	} else if (obs->kind == OBSERVATION_NAME) {
		found.n_names++;
	} else if (obs->kind == OBSERVATION_HOP && found.n_hops < HOPS_MAX) {
		found.hops[found.n_hops].addr = obs->addr;
		found.hops[found.n_hops].peer = obs->peer;
		found.hops[found.n_hops++].ttl = obs->ttl;
	} else if (obs->kind == OBSERVATION_COVERAGE && found.n_coverage < 1024) {
		snprintf(found.coverage[found.n_coverage].cidr, CIDR_TEXT_MAX, "%s",
			observation_attribute(obs, "cidr"));
		snprintf(found.coverage[found.n_coverage++].ports, 256, "%s",
			observation_attribute(obs, "ports"));
	} else if (obs->kind == OBSERVATION_KEY && found.n_keys < ARRAY_SIZE(found.keys)) {
		found.keys[found.n_keys].addr = obs->addr;
		snprintf(found.keys[found.n_keys].type, 32, "%s",
			observation_attribute(obs, "type"));
		snprintf(found.keys[found.n_keys++].value, 128, "%s",
			observation_attribute(obs, "value"));
	} else if (obs->kind == OBSERVATION_LINK && found.n_links < ARRAY_SIZE(found.links)) {
		found.links[found.n_links].addr = obs->addr;
		found.links[found.n_links].peer = obs->peer;
		snprintf(found.links[found.n_links].source, 16, "%s",
			observation_attribute(obs, "source"));
		snprintf(found.links[found.n_links].port, 32, "%s",
			observation_attribute(obs, "port"));
		snprintf(found.links[found.n_links++].peer_port, 32, "%s",
			observation_attribute(obs, "peer.port"));
	} else if (obs->kind == OBSERVATION_FACT && found.n_facts < 1024) {
		found.facts[found.n_facts].addr = obs->addr;
		found.facts[found.n_facts].mac = obs->mac;
		found.facts[found.n_facts].n = obs->n_attributes;
		snprintf(found.facts[found.n_facts].value, 64, "%s", obs->attributes[0].value);
		snprintf(found.facts[found.n_facts].last, 64, "%s",
			obs->attributes[obs->n_attributes - 1].value);
		snprintf(found.facts[found.n_facts++].name, 64, "%s", obs->attributes[0].name);
	}
	return 0;
}

static void watch(void *context, const struct link_frame *frame, const struct frame *decoded,
	int64_t now_us)
{
	struct scene *scene = context;

	found.frames++;
	if (scene->watch)
		scene->watch(frame, decoded, now_us, scene->context);
}

static int (*replay_next)(struct link *link, int64_t until_us, struct link_heard *ret_heard,
	struct error *reterr);

static int forged_next(
	struct link *link, int64_t until_us, struct link_heard *ret, struct error *reterr)
{
	if (!playing->forge || !playing->forge(playing->context, ret))
		return replay_next(link, until_us, ret, reterr);
	ret->at_us = link->now(link);
	ret->wall_us = link->wall(link);
	return 0;
}

static bool stopped(void *context)
{
	struct scene *scene = context;

	return scene->stopped && scene->stopped(scene->context, found.frames);
}

static void progress(void *context, const struct scan_progress *now)
{
	struct scene *scene = context;

	if (scene->progress)
		scene->progress(scene->context, now, wire->now(wire));
}

/* ---- greetings --------------------------------------------------------------------------- */

struct fake {
	struct greeter greeter;
	struct observation_sink sink;
	struct greet_options options;
	size_t begun, ended; /* rows from `begun` on are this one's; so many are over */
};

static void fake_note(struct fake *fake)
{
	const struct greets *greets = playing->greets;
	size_t next = fake->begun + fake->ended;

	fake->greeter.pending = greets->n - next;
	fake->greeter.due_us =
		next < greets->n ? greets->rows[next].at_us + greets->takes_us : INT64_MAX;
}

static int fake_add(
	struct greeter *greeter, const struct greet_target *target, struct error *reterr)
{
	struct greets *greets = playing->greets;

	(void)reterr;
	if (greets->room && greeter->pending >= greets->room)
		return GREETER_FULL;
	assert_true(greets->n < ARRAY_SIZE(greets->rows));
	greets->rows[greets->n].target = *target;
	greets->rows[greets->n++].at_us = wire->now(wire);
	fake_note((struct fake *)greeter);
	return 0;
}

static int fake_turn(struct greeter *greeter, int64_t most_us, struct error *reterr)
{
	struct greets *greets = playing->greets;
	struct fake *fake = (struct fake *)greeter;
	int r = 0;

	(void)most_us;
	while (r == 0 && greeter->due_us <= wire->now(wire)) {
		const struct greet_target *target =
			&greets->rows[fake->begun + fake->ended++].target;

		greeter->counts.targets++;
		if (greets->say)
			greeter->counts.answered++;
		else
			greeter->counts.silent++;
		if (greets->say)
			r = greets->say(target, &fake->sink, reterr);
		if (r == 0)
			fake->options.ended(fake->options.context, target);
		fake_note(fake);
	}
	return r;
}

static void fake_free(struct greeter *greeter)
{
	free(greeter);
}

static int fake_new(const struct greet_options *options, const struct observation_sink *sink,
	struct greeter **ret_greeter, struct error *reterr)
{
	struct fake *fake = calloc(1, sizeof(*fake));

	(void)reterr;
	assert_non_null(fake);
	fake->greeter = (struct greeter){.add = fake_add, .turn = fake_turn, .free = fake_free};
	fake->sink = *sink;
	fake->options = *options;
	fake->begun = playing->greets->n;
	playing->greets->asked = *options;
	playing->greets->denied =
		options->denied && addr_set_has(options->denied, &playing->greets->excluded);
	fake_note(fake);
	*ret_greeter = &fake->greeter;
	return 0;
}

void pass_time(int64_t us)
{
	int64_t until = wire->now(wire) + us;
	struct link_heard heard;

	while (wire->now(wire) < until)
		replay_next(wire, until, &heard, NULL);
}

struct found *play(struct scene *scene)
{
	struct route_table *routes = make_routes(scene);
	struct scan_aim aim;
	struct reach *reach;
	struct link *link;
	struct campaign_options options = {.plan = &scene->plan,
		.greet = scene->greets ? fake_new : NULL,
		.reverse = scene->reverse,
		.walk = scene->walk,
		.sink = {take, NULL},
		.stopped = stopped,
		.progress = progress,
		.context = scene};
	int64_t began;

	playing = scene;
	memset(&found, 0, sizeof(found));
	if (!scene->plan.seed)
		scene->plan.seed = 42;
	assert_int_equal(scan_aim_make(&scene->plan, &aim, NULL), 0);
	assert_int_equal(reach_new(&aim, routes, 61000, &reach, NULL), 0);
	scene->network.interfaces = reach->interfaces;
	scene->network.n_interfaces = reach->n_interfaces;
	scene->network.watch = watch;
	scene->network.context = scene;
	if (!scene->network.delay_us)
		scene->network.delay_us = 2000;
	assert_int_equal(replay_open(&scene->network, &link, NULL), 0);
	options.reach = reach;
	options.link = wire = link;
	replay_next = link->next;
	link->next = forged_next;
	options.key = siphash_key_seeded(scene->plan.seed);
	options.journal = scene->journal;
	options.stacks = scene->stacks;
	began = link->now(link);
	campaign_run(&options, &found.counters, &found.error);
	found.took_us = link->now(link) - began;
	link->close(link);
	reach_free(reach);
	route_table_free(routes);
	scan_aim_done(&aim);
	return &found;
}

uint64_t counter(const struct found *f, const char *name)
{
	return bundle_counters_get(&f->counters, name);
}

bool found_host(const struct found *f, const char *text)
{
	struct addr addr = host(text);

	for (size_t i = 0; i < f->n_hosts; i++)
		if (addr_equal(&f->hosts[i], &addr))
			return true;
	return false;
}

bool found_port(const struct found *f, const char *text, uint16_t port)
{
	struct addr addr = host(text);

	for (size_t i = 0; i < f->n_ports; i++)
		if (f->ports[i].port == port && addr_equal(&f->ports[i].addr, &addr))
			return true;
	return false;
}

void counters_close(const struct found *f)
{
	assert_true(f->error.code == 0 || f->error.code == ERROR_PARTIAL);
	assert_int_equal(counter(f, "received"),
		counter(f, "positive") + counter(f, "negative") + counter(f, "hops") +
			counter(f, "late") + counter(f, "duplicates") +
			counter(f, "strangers") + counter(f, "malformed"));
	assert_int_equal(counter(f, "sent"), f->frames);
	assert_int_equal(counter(f, "sent"),
		counter(f, "sent_syn") + counter(f, "sent_echo") + counter(f, "sent_solicit") +
			counter(f, "sent_trace") + counter(f, "sent_udp") +
			counter(f, "sent_init") + counter(f, "sent_timestamp") +
			counter(f, "sent_bare") + counter(f, "sent_link"));
}

bool found_port_of(
	const struct found *f, const char *text, enum transport transport, uint16_t port)
{
	struct addr addr = host(text);

	for (size_t i = 0; i < f->n_ports; i++)
		if (f->ports[i].port == port && f->ports[i].transport == transport &&
			addr_equal(&f->ports[i].addr, &addr))
			return true;
	return false;
}

bool found_fact(const struct found *f, const char *text, const char *name)
{
	struct addr addr = host(text);

	for (size_t i = 0; i < f->n_facts; i++)
		if (addr_equal(&f->facts[i].addr, &addr) &&
			strcmp(f->facts[i].name, name) == 0)
			return true;
	return false;
}

const char *found_station(const struct found *f, uint8_t number, const char *name)
{
	for (size_t i = 0; i < f->n_facts; i++)
		if (!f->facts[i].addr.family && f->facts[i].mac.bytes[5] == number &&
			strcmp(f->facts[i].name, name) == 0)
			return f->facts[i].value;
	return NULL;
}

const char *found_key(const struct found *f, const char *text, const char *type)
{
	struct addr addr = host(text);

	for (size_t i = 0; i < f->n_keys; i++)
		if (addr_equal(&f->keys[i].addr, &addr) && strcmp(f->keys[i].type, type) == 0)
			return f->keys[i].value;
	return NULL;
}

size_t say_dns(uint16_t port, const uint8_t *request, size_t size, uint8_t *out, size_t max)
{
	if (port != 53 && size == 0) {
		out[0] = 'x';
		return 1;
	}
	if (port != 53 || size < 12 || size > max)
		return 0;
	memcpy(out, request, size);
	out[2] |= 0x80;
	return size;
}
