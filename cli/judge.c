/* SPDX-License-Identifier: Apache-2.0 */
/* Norm packs over systems; see judge.h. */
#include "cli/judge.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
		return error_set(reterr, ERROR_SYSTEM, "the norm packs are missing: \"%s\"", dir);
	for (int i = 0; i < n; i++) {
		struct pack_result result = {0};

		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		if (r == 0)
			r = inventory_pack_install(context->inventory, path, &result, reterr);
		free(entries[i]);
	}
	free(entries);
	return r;
}

struct judging {
	struct writer *writer;
	bool explain;
	bool notable, any;
};

static const struct column brief[] = {{"system", false}, {"name", false}, {"pack", false},
	{"version", false}, {"outcome", false}, {"score", true}, {"missing", false}};
static const struct column full[] = {{"system", false}, {"name", false}, {"pack", false},
	{"version", false}, {"outcome", false}, {"score", true}, {"missing", false},
	{"reason", false}};

static int proposal(void *context, const struct proposal_row *p)
{
	struct judging *judging = context;
	char score[16];
	const char *cells[8] = {p->system_id, p->system, p->pack, p->version, p->outcome, score,
		p->missing, ""};
	int r = 0;

	snprintf(score, sizeof(score), "%d", p->score);
	judging->any = true;
	judging->notable |= strcmp(p->outcome, "cii") == 0 || strcmp(p->outcome, "review") == 0;
	if (!judging->explain)
		return writer_row(judging->writer, cells, NULL);
	for (size_t i = 0; i < p->n_reasons && r == 0; i++) {
		cells[7] = p->reasons[i];
		r = writer_row(judging->writer, cells, NULL);
	}
	return r;
}

int judge_systems(struct context *context, const char *pack, const char *system, bool explain,
	struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct judging judging = {.explain = explain};
	int r;

	r = writer_new(context->form, "proposal", explain ? full : brief,
		explain ? ARRAY_SIZE(full) : ARRAY_SIZE(brief), &writer, reterr);
	if (r < 0)
		return r;
	judging.writer = writer;
	r = inventory_identify(context->inventory, pack, system, proposal, &judging, reterr);
	if (r == 0 && (judging.any || context->form != FORM_TEXT))
		r = writer_finish(writer, reterr);
	return r < 0 ? r : judging.notable;
}
