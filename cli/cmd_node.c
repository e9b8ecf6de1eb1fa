/* SPDX-License-Identifier: Apache-2.0 */
/* db node: the databases over which a register is spread. One verb, its action in the first
 * word. */
#include "cli/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int needs_name(const struct args *args, const char *usage, struct error *reterr)
{
	return args_n_positional(args) == 2
		       ? 0
		       : error_set(reterr, ERROR_USAGE, "usage: cadastre db node %s", usage);
}

static int run_add(struct context *context, const struct args *args, struct error *reterr)
{
	const char *conninfo = args_get(args, "conninfo", NULL);
	int r = needs_name(args, "add NAME --conninfo STRING", reterr);

	if (r == 0 && !conninfo)
		r = error_set(reterr, ERROR_USAGE,
			"say with --conninfo how the node is reached, as libpq writes it");
	if (r == 0)
		r = inventory_node_add(
			context->inventory, args_positional(args, 1), conninfo, reterr);
	if (r == 0)
		say(context,
			"node %s added; it owns no buckets yet: cadastre db node move "
			"--buckets FIRST-LAST --to %s",
			args_positional(args, 1), args_positional(args, 1));
	return r;
}

static int run_remove(struct context *context, const struct args *args, struct error *reterr)
{
	int r = needs_name(args, "remove NAME", reterr);

	if (r == 0)
		r = inventory_node_remove(context->inventory, args_positional(args, 1), reterr);
	if (r == 0)
		say(context, "node %s is no longer part of the register",
			args_positional(args, 1));
	return r;
}

static const struct column list_columns[] = {{"name", false}, {"buckets", false},
	{"bucket_count", true}, {"assets", true}, {"state", false}, {"where", false}};

static int list_row(void *writer, const struct node_row *node)
{
	char buckets[24], assets[24];

	snprintf(buckets, sizeof(buckets), "%" PRIu32, node->n_buckets);
	snprintf(assets, sizeof(assets), "%" PRId64, node->assets);
	return writer_row(writer,
		(const char *[]){node->name, node->buckets, buckets, assets, node->state,
			node->where},
		NULL);
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	int r = writer_new(
		context->form, "node", list_columns, ARRAY_SIZE(list_columns), &writer, reterr);

	(void)args;
	if (r == 0)
		r = inventory_node_list(context->inventory, list_row, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static int run_move(struct context *context, const struct args *args, struct error *reterr)
{
	static const struct column columns[] = {
		{"to", false}, {"buckets", true}, {"rows", true}};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *to = args_get(args, "to", NULL), *buckets = args_get(args, "buckets", NULL);
	struct node_moved moved = {0};
	char texts[2][24];
	int r;

	if (!to || !buckets)
		return error_set(reterr, ERROR_USAGE,
			"usage: cadastre db node move --buckets FIRST-LAST --to NAME");
	r = inventory_node_move(context->inventory, buckets, to, &moved, reterr);
	if (r < 0)
		return r;
	snprintf(texts[0], sizeof(texts[0]), "%" PRId64, moved.buckets);
	snprintf(texts[1], sizeof(texts[1]), "%" PRId64, moved.rows);
	r = writer_new(context->form, "move", columns, ARRAY_SIZE(columns), &writer, reterr);
	if (r == 0)
		r = writer_row(writer, (const char *[]){to, texts[0], texts[1]}, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct column check_columns[] = {
	{"node", false}, {"what", false}, {"found", false}, {"good", false}};

static int check_row(void *writer, const struct node_check *check)
{
	return writer_row(writer,
		(const char *[]){
			check->node, check->what, check->found, check->good ? "yes" : "no"},
		NULL);
}

static int run_check(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	int r, written;

	(void)args;
	r = writer_new(context->form, "check", check_columns, ARRAY_SIZE(check_columns),
		&writer, reterr);
	if (r == 0)
		r = inventory_node_check(context->inventory, check_row, writer, reterr);
	if (r < 0)
		return r;
	written = writer_finish(writer, reterr);
	return written < 0 ? written : r;
}

static const struct {
	const char *name;
	int (*run)(struct context *context, const struct args *args, struct error *reterr);
} actions[] = {{"add", run_add}, {"remove", run_remove}, {"list", run_list}, {"move", run_move},
	{"check", run_check}};

static int run_node(struct context *context, const struct args *args, struct error *reterr)
{
	const char *name = args_positional(args, 0);

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return actions[i].run(context, args, reterr);
	return error_set(reterr, ERROR_USAGE,
		"\"%.32s\" is none of add, remove, list, move, check", name);
}

static const struct option_row node_options[] = {
	{"conninfo", 0, "STRING",
		"add: how the node is reached, as libpq writes it, without a password"},
	{"buckets", 0, "RANGE", "move: FIRST-LAST, of 0 to 4095"},
	{"to", 0, "NAME", "move: the node that gets them; home: this database"},
	{0},
};

const struct command cmd_db_node = {
	.name = "db node",
	.synopsis = "add NAME | remove NAME | list | move | check",
	.summary = "spread the register over several databases",
	.details = "Each node owns buckets of assets, 4096 in all, and holds what is known of them.\n"
		   "add     makes an empty database a node, which owns nothing yet\n"
		   "remove  forgets a node that owns nothing\n"
		   "list    says who owns what, and whether it answers\n"
		   "move    gives a range of buckets to a node, with all that is known of its assets;\n"
		   "        cut short, it is settled by the next move\n"
		   "check   compares every node with the register; exit 1 if something is not right",
	.options = node_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 2,
	.run = run_node,
};
