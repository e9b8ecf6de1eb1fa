/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Planning alone, for the bench: targets and exclusions are read from files, judged by a scope
 * and sorted by a scripted machine's routes, as a scan does before its first packet. Prints
 * what each step took and how far memory grew, as one JSON object. Sends nothing.
 *
 *     bench_plan TARGETS EXCLUSIONS plan|scope
 *
 * The exclusions are the plan's own, or those of the authorisation.
 */
#include "cli/target_file.h"
#include "common/clock.h"
#include "scanner/campaign/campaign.h"
#include "tests/bench/peak.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct work {
	struct addr_set *targets, *excludes;
	struct scope *scope;
	struct route_table *routes;
	int64_t step_us[4];
	uint64_t addresses;
};

static int take(void *context, const struct addr_range *range, struct error *error)
{
	return addr_set_add(context, range, error);
}

static int read_list(const char *path, struct addr_set *set, struct error *error)
{
	_cleanup_(cleanup_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct target_file file = {.name = path, .fd = fd, .take = take, .context = set};
	int r = fd < 0 ? error_set(error, ERROR_INPUT, "cannot read \"%s\"", path) :
			 target_file_read(&file, error);

	if (r == 0 && file.n_bad)
		return error_set(error, ERROR_INPUT, "bad lines in \"%s\"", path);
	return r < 0 ? r : addr_set_seal(set, error);
}

/* Everything is granted, and the exclusions are recorded one by one if they are the scope's. */
static int make_scope(struct work *w, bool excludes, struct error *error)
{
	static const struct cidr all = {{4, {0}}, 0};
	struct addr_walk walk = {.set = w->excludes};
	struct addr_range range;
	struct cidr cidr;
	bool left;
	int r = scope_grant(w->scope, &all, 1, 0, INT64_MAX, error);

	while (r == 0 && excludes && addr_walk_next(&walk, &range))
		for (left = true; r == 0 && addr_range_prefix(&range, &left, &cidr);)
			r = scope_exclude(w->scope, &cidr, error);
	return r;
}

/* eth0 198.18.0.5/24 with a default route. */
static int make_routes(struct route_table *table, struct error *error)
{
	const struct addr router = addr_v4(0xc6120001), own = addr_v4(0xc6120005);
	const struct route routes[] = {{.prefix = {{4, {127}}, 8},
					       .type = ROUTE_LOCAL,
					       .local_table = true,
					       .interface = 1},
		{.prefix = cidr_of(&own, 32),
			.type = ROUTE_LOCAL,
			.local_table = true,
			.interface = 2},
		{.prefix = cidr_of(&own, 24), .type = ROUTE_ON_LINK, .interface = 2},
		{.prefix = {{4, {0}}, 0},
			.type = ROUTE_GATEWAY,
			.interface = 2,
			.gateway = router}};
	const struct route_interface interfaces[] = {
		{.name = "lo", .index = 1, .up = true, .loopback = true, .ethernet = true},
		{.name = "eth0",
			.index = 2,
			.up = true,
			.ethernet = true,
			.mac = {{2, 0, 0, 0, 0, 1}}}};
	const struct route_address address = {2, own, 24};
	int r = route_add_address(table, &address, error);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(interfaces); i++)
		r = route_add_interface(table, &interfaces[i], error);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(routes); i++)
		r = route_add(table, &routes[i], error);
	route_table_seal(table);
	return r;
}

static int plan(struct work *w, bool in_scope, struct error *error)
{
	static const uint16_t port = 80;
	struct scan_plan plan = {.target_list = w->targets,
		.exclude_list = in_scope ? NULL : w->excludes,
		.scope = w->scope,
		.tcp_ports = &port,
		.n_tcp_ports = 1,
		.profile = SCAN_THOROUGH};
	_cleanup_(scan_aim_done) struct scan_aim aim = {0};
	_cleanup_(reach_freep) struct reach *reach = NULL;
	struct scan_judgement judgement;
	uint64_t addresses, probes;
	int64_t began = clock_monotonic_us();
	int r = scan_aim_make(&plan, &aim, error);

	if (r == 0)
		r = campaign_check(&plan, &aim, &addresses, &probes, error);
	if (r < 0)
		return r;
	scan_judge_list(&plan, &aim, &judgement);
	if (judgement.verdict != SCOPE_ALLOWED)
		return error_set(error, ERROR_INTERNAL, "a target was refused");
	w->step_us[2] = clock_monotonic_us() - began;
	began = clock_monotonic_us();
	r = reach_new(&aim, w->routes, CAMPAIGN_PORT_FIRST, &reach, error);
	w->step_us[3] = clock_monotonic_us() - began;
	w->addresses = addresses - judgement.left_out;
	return r;
}

int main(int argc, char **argv)
{
	struct work w = {
		addr_set_new(), addr_set_new(), scope_new(), route_table_new(), {0}, 0};
	struct error error = {0};
	bool in_scope = argc == 4 && strcmp(argv[3], "scope") == 0;
	int64_t began = clock_monotonic_us();
	int r;

	if (argc != 4 || !w.targets || !w.excludes || !w.scope || !w.routes)
		return 2;
	r = read_list(argv[1], w.targets, &error);
	if (r == 0)
		r = read_list(argv[2], w.excludes, &error);
	w.step_us[0] = clock_monotonic_us() - began;
	began = clock_monotonic_us();
	if (r == 0)
		r = make_scope(&w, in_scope, &error);
	w.step_us[1] = clock_monotonic_us() - began;
	if (r == 0)
		r = make_routes(w.routes, &error);
	if (r == 0)
		r = plan(&w, in_scope, &error);
	if (r < 0)
		fprintf(stderr, "bench_plan: %s\n", error.text);
	else
		printf("{\"addresses\": %" PRIu64
		       ", \"read\": %.4f, \"scope\": %.4f, \"judge\": %.4f, "
		       "\"reach\": %.4f, \"peak_kib\": %ld}\n",
			w.addresses, (double)w.step_us[0] / 1e6, (double)w.step_us[1] / 1e6,
			(double)w.step_us[2] / 1e6, (double)w.step_us[3] / 1e6, peak_kib());
	addr_set_free(w.targets);
	addr_set_free(w.excludes);
	scope_free(w.scope);
	route_table_free(w.routes);
	return r < 0;
}
