/* SPDX-License-Identifier: Apache-2.0 */
/* Norm packs over systems; see judge.h. */
#include "cli/judge.h"

#include "common/clock.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHOW_EVERY_US (CLOCK_SECOND / 2)

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_xml(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > 4 && strcmp(entry->d_name + n - 4, ".xml") == 0;
}

int judge_install_packs(struct context *context, struct error *reterr)
{
	char dir[512], path[1024];
	struct dirent **entries;
	int n, r = 0;

	n = scandir(share_path("norms", dir, sizeof(dir)), &entries, is_xml, by_name);
	if (n < 0)
		return error_set(
			reterr, ERROR_SYSTEM, "the norm packs are missing: \"%s\"", dir);
	for (int i = 0; i < n; i++) {
		struct pack_result result = {0};

		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		if (r == 0)
			r = inventory_pack_install(
				context->inventory, path, NULL, &result, reterr);
		free(entries[i]);
	}
	free(entries);
	return r;
}

/* ---- progress ---------------------------------------------------------------------------- */

struct watch {
	bool shown, drawn;
	int64_t begun_us, last_us;
};

static int show_progress(void *context, uint64_t done, uint64_t total)
{
	struct watch *watch = context;
	int64_t now = clock_monotonic_us();
	double seconds = (double)(now - watch->begun_us) / CLOCK_SECOND, rate;

	if (!watch->shown || now - watch->last_us < SHOW_EVERY_US)
		return 0;
	watch->last_us = now;
	watch->drawn = true;
	rate = seconds > 0 ? (double)done / seconds : 0;
	if (total < done || rate <= 0)
		fprintf(stderr, "\r\033[Kidentify  %" PRIu64 ", %.0f/s", done, rate);
	else
		fprintf(stderr,
			"\r\033[Kidentify  %" PRIu64 " of %" PRIu64 " (%.0f %%), %.0f/s, "
			"%" PRIu64 " to go, %.0f s left",
			done, total, 100.0 * (double)done / (double)total, rate, total - done,
			(double)(total - done) / rate);
	fflush(stderr);
	return 0;
}

static void end_progress(const struct watch *watch)
{
	if (watch->drawn)
		fputs("\r\033[K", stderr);
}

/* ---- proposals --------------------------------------------------------------------------- */

struct judging {
	struct writer *writer;
	const struct judge_task *task;
	bool notable, any;
};

static const struct column brief[] = {{"system", false}, {"name", false}, {"pack", false},
	{"version", false}, {"outcome", false}, {"score", true}, {"missing", false},
	{"proposal", true}};
static const struct column full[] = {{"system", false}, {"name", false}, {"pack", false},
	{"version", false}, {"outcome", false}, {"score", true}, {"missing", false},
	{"proposal", true}, {"reason", false}};

static int proposal(void *context, const struct proposal_row *p)
{
	struct judging *judging = context;
	char score[16], id[24];
	const char *cells[9] = {p->system_id, p->system, p->pack, p->version, p->outcome, score,
		p->missing, id, ""};
	int r = 0;

	snprintf(score, sizeof(score), "%d", p->score);
	snprintf(id, sizeof(id), "%" PRId64, p->eval_id);
	judging->any = true;
	judging->notable |= p->is_notable;
	if (!judging->task->explain)
		return writer_row(judging->writer, cells, NULL);
	for (size_t i = 0; i < p->n_reasons && r == 0; i++) {
		cells[8] = p->reasons[i];
		r = writer_row(judging->writer, cells, NULL);
	}
	return r;
}

static int judge(struct context *context, struct judging *judging, struct error *reterr)
{
	const struct judge_task *task = judging->task;
	struct watch watch = {.shown = !context->quiet && isatty(STDERR_FILENO),
		.begun_us = clock_monotonic_us()};
	const struct identify_request request = {.pack = task->pack, .system = task->system,
		.all = task->all, .reasons = task->explain && !task->list,
		.progress = show_progress, .context = &watch};
	struct identify_result result = {0};
	int r = inventory_identify_ask(context->inventory, &request,
		task->list ? NULL : proposal, judging, &result, reterr);

	end_progress(&watch);
	if (r < 0)
		return r;
	if (!task->system)
		judging->notable = result.notable > 0;
	if (!result.subjects && task->list) /* of a survey: nothing is registered */
		return 0;
	say(context,
		"judged %" PRIu64 " of %" PRIu64 ": %" PRIu64 " proposals, %" PRIu64
		" of them new%s",
		result.judged, result.subjects, result.proposals, result.written,
		result.judged || task->list ? ""
					    : "; nothing changed since, `cadastre identify "
					      "--list` shows what stands");
	return 0;
}

int judge_unprinted(struct context *context, const char *system, struct error *reterr)
{
	const struct judge_task task = {.system = system, .list = true};
	struct judging judging = {.task = &task};

	return judge(context, &judging, reterr);
}

int judge_systems(struct context *context, const struct judge_task *task, struct error *reterr)
{
	const struct proposal_filter filter = {.pack = task->pack, .system = task->system,
		.reasons = task->explain};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct judging judging = {.task = task};
	int r;

	r = writer_new(context->form, "proposal", task->explain ? full : brief,
		task->explain ? ARRAY_SIZE(full) : ARRAY_SIZE(brief), &writer, reterr);
	if (r < 0)
		return r;
	judging.writer = writer;
	if (!task->only_list)
		r = judge(context, &judging, reterr);
	if (r == 0 && (task->list || task->only_list))
		r = inventory_proposal_list(
			context->inventory, &filter, proposal, &judging, reterr);
	if (r == 0 && (judging.any || context->form != FORM_TEXT))
		r = writer_finish(writer, reterr);
	return r < 0 ? r : judging.notable;
}
