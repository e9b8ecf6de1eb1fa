/* SPDX-License-Identifier: Apache-2.0 */
/* register: organisations, businesses, systems and dependencies as the operator states them. */
#include "cli/command.h"

#include <inttypes.h>
#include <stdio.h>

static int run_import(struct context *context, const struct args *args, struct error *reterr)
{
	static const struct column columns[] = {{"file", false}, {"organisations", true},
		{"systems", true}, {"businesses", true}, {"rules", true}, {"dependencies", true},
		{"unchanged", true}};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *path;
	int r;

	r = writer_new(context->form, "import", columns, ARRAY_SIZE(columns), &writer, reterr);
	for (size_t i = 0; r == 0 && (path = args_positional(args, i)); i++) {
		struct register_result result = {0};
		uint64_t values[6];
		char texts[6][24];
		const char *cells[7] = {path};

		r = inventory_register_import(context->inventory, path, &result, reterr);
		if (r < 0)
			break;
		values[0] = result.organisations;
		values[1] = result.systems;
		values[2] = result.businesses;
		values[3] = result.rules;
		values[4] = result.dependencies;
		values[5] = result.unchanged;
		for (size_t k = 0; k < 6; k++) {
			snprintf(texts[k], sizeof(texts[k]), "%" PRIu64, values[k]);
			cells[k + 1] = texts[k];
		}
		r = writer_row(writer, cells, reterr);
	}
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_register_import = {
	.name = "register import",
	.synopsis = "FILE...",
	.summary = "read a register (XML); twice changes nothing",
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_import,
};

static const struct column system_columns[] = {{"id", false}, {"name", false},
	{"organisation", false}, {"sector", false}, {"kind", false}, {"business", false},
	{"strength", false}, {"tier", true}, {"assets", true}, {"designation", false}};

struct list {
	struct writer *writer;
	uint64_t n;
};

static int system_row(void *context, const struct system_row *s)
{
	struct list *list = context;
	char tier[16] = "", assets[24];

	list->n++;
	if (s->tier)
		snprintf(tier, sizeof(tier), "%d", s->tier);
	snprintf(assets, sizeof(assets), "%" PRId64, s->n_assets);
	return writer_row(list->writer,
		(const char *[]){s->id, s->name, s->organisation, s->sector, s->kind, s->business,
			s->strength, tier, assets, s->designation},
		NULL);
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *id = args_positional(args, 0);
	struct list list = {0};
	int r;

	r = writer_new(context->form, "system", system_columns, ARRAY_SIZE(system_columns),
		&writer, reterr);
	if (r < 0)
		return r;
	list.writer = writer;
	r = inventory_system_list(context->inventory, id, system_row, &list, reterr);
	if (r == 0 && id && list.n == 0)
		return error_set(reterr, ERROR_INPUT, "the register has no system \"%.64s\"", id);
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_register_list = {
	.name = "register list",
	.synopsis = "",
	.summary = "the registered systems",
	.needs = NEEDS_DATABASE,
	.run = run_list,
};

const struct command cmd_register_show = {
	.name = "register show",
	.synopsis = "SYSTEM",
	.summary = "one registered system",
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_list,
};
