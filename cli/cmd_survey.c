/* SPDX-License-Identifier: Apache-2.0 */
/* survey: the main job. Authorise, discover, identify, file, judge, draw; one report. */
#include "cli/task.h"
#include "cli/command.h"
#include "cli/judge.h"
#include "cli/slots.h"

#include "common/clock.h"
#include "common/file.h"
#include "mapper/mapper.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const map_files[] = {
	"network-map.svg", "network-map.pdf", "network-map.png", "network-map.html"};

static int draw_maps(struct context *context, const struct args *args,
	const struct task *task, struct error *reterr)
{
	struct map_request request = {.type = MAP_BOTH,
		.scope = task->text,
		.title = args_get(args, "title", NULL),
		.marking = args_get(args, "marking", NULL)};
	const char *dir = args_get(args, "output", ".");
	char names[ARRAY_SIZE(map_files)][4096];
	const char *paths[ARRAY_SIZE(map_files)];
	_cleanup_(slots_done) struct slots slots = {0};
	struct estate estate = {0};
	size_t drawn = 0;
	int r;

	r = file_make_directory(dir, reterr);
	if (r == 0)
		r = inventory_estate_load(context->inventory, context->realm, &estate, reterr);
	if (r == 0 && estate.n_assets == 0) {
		say(context, "nothing was found, so there is no map to draw");
		arena_free(estate.arena);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(map_files); i++) {
		snprintf(names[i], sizeof(names[i]), "%s/%s", dir, map_files[i]);
		paths[i] = names[i];
	}
	if (r == 0)
		r = slots_load(&slots, context, estate.realm, false, reterr);
	slots_ask(&slots, &request);
	if (r == 0)
		r = map_draw_all(&estate, &request, paths, ARRAY_SIZE(paths), &drawn, reterr);
	if (r == 0)
		slots_store(&slots, context, estate.realm);
	for (size_t i = 0; i < drawn && context->form == FORM_TEXT; i++)
		printf("map         %s\n", paths[i]);
	arena_free(estate.arena);
	return r;
}

static void report_run(const struct intake_result *result, const struct task *task,
	const struct context *context, int64_t took_us)
{
	printf("survey      run %" PRId64 ", realm %s, %.1f s\n", result->run_id,
		context->realm, (double)took_us / (double)CLOCK_SECOND);
	printf("scope       %s\n", task->text);
	printf("filed       %" PRIu64 " observations", result->taken);
	if (result->refused_scope || result->refused_invalid)
		printf(", refused %" PRIu64 " out of scope, %" PRIu64 " invalid",
			result->refused_scope, result->refused_invalid);
	printf("\nassets      %" PRIu64 " seen, %" PRIu64 " new, %" PRIu64 " gone quiet\n",
		result->assets_seen, result->assets_new, result->assets_quiet);
	printf("services    %" PRIu64 " new, %" PRIu64 " changed, %" PRIu64 " gone\n",
		result->services_new, result->services_changed, result->services_gone);
	if (result->facts_written == 0)
		printf("changes     none: the network is as it was\n");
	else
		printf("changes     %" PRIu64
		       " fact rows written; see `cadastre changes --run %" PRId64 "`\n",
			result->facts_written, result->run_id);
}

static int run_survey(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(task_done) struct task task = {0};
	struct intake_result result = {0};
	int64_t started = clock_monotonic_us();
	struct error later = {0};
	int filed, r;

	r = task_init(&task, context, args, reterr);
	if (r < 0)
		return r;
	filed = task_run(&task, context, &result, reterr);
	if (filed < 0 && filed != ERROR_PARTIAL)
		return filed;

	if (context->form == FORM_TEXT)
		report_run(&result, &task, context, clock_monotonic_us() - started);
	else
		task_report(context, &result, &later);
	r = judge_install_packs(context, &later);
	if (r == 0)
		r = judge_systems(context, &(struct judge_task){.list = true}, &later);
	if (r >= 0)
		r = draw_maps(context, args, &task, &later);
	if (r < 0 && filed == 0)
		return error_set(reterr, ERROR_PARTIAL,
			"%s; what the survey found is kept as run %" PRId64, later.text,
			result.run_id);
	return filed;
}

static const struct option_row survey_options[] = {
	TASK_OPTIONS,
	{"output", 'o', "DIR", "where the maps go; default: here"},
	{"title", 0, "TEXT", "title of the map"},
	{"marking", 0, "TEXT", "classification marking, top and bottom of every sheet"},
	{0},
};

const struct command cmd_survey = {
	.name = "survey",
	.synopsis = "[OPTION...] [TARGET...]",
	.summary = "the main job: discover, identify, file, judge, draw",
	.details = "TARGET is an address, a prefix or FIRST-LAST; --targets names a file of them. Without\n"
		   "targets, this machine's own loopback addresses are surveyed; anything else needs a\n"
		   "recorded authorisation, see `cadastre scope grant -h`.",
	.options = survey_options,
	.needs = NEEDS_DATABASE,
	.max_positional = SCAN_TARGETS_MAX,
	.run = run_survey,
};
