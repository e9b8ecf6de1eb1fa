/* SPDX-License-Identifier: Apache-2.0 */
/* map: the network map of what the register knows. */
#include "cli/command.h"

#include "common/model/difference.h"
#include "mapper/mapper.h"

#include <string.h>

static int note_baseline(void *context, const struct baseline_row *baseline)
{
	(void)baseline;
	*(bool *)context = true;
	return 0;
}

/* The days that the map is of and told against. */
struct days {
	struct estate_request of, against;
	bool difference;
};

/* A frozen state by its name, else a moment. */
static int read_other_day(struct inventory *inv, const char *text, struct estate_request *ret,
	struct error *reterr)
{
	bool there = false;
	int r = inventory_baseline_list(inv, text, note_baseline, &there, reterr);

	if (r < 0)
		return r;
	if (there) {
		ret->baseline = text;
		return 0;
	}
	r = args_moment(text, &ret->moment.as_of_us, reterr);
	return r < 0 ? error_wrap(reterr, r,
			       "--diff: \"%.64s\" is neither a frozen state nor a moment", text)
		     : 0;
}

static int read_days(struct context *context, const struct args *args, struct days *ret,
	struct error *reterr)
{
	const char *other = args_get(args, "diff", NULL);
	int r = args_moment(args_get(args, "as-of", NULL), &ret->of.moment.as_of_us, reterr);

	ret->of.realm = ret->against.realm = context->realm_given ? context->realm : NULL;
	ret->difference = other != NULL;
	if (r == 0 && other)
		r = read_other_day(context->inventory, other, &ret->against, reterr);
	return r;
}

/* The estate of the day, with what changed since the other. Whoever calls frees the arenas. */
static int load(struct context *context, struct days *days, struct estate *of,
	struct estate *against, struct estate *ret_joined, struct error *reterr)
{
	int r = inventory_estate_ask(context->inventory, &days->of, of, reterr);

	*ret_joined = *of;
	if (r < 0 || !days->difference)
		return r;
	/* Of one realm, also where the other day had several or none. */
	if (of->realm[0])
		days->against.realm = of->realm;
	r = inventory_estate_ask(context->inventory, &days->against, against, reterr);
	return r < 0 ? r : estate_difference(of, against, of->arena, ret_joined, reterr);
}

static int run_map(struct context *context, const struct args *args, struct error *reterr)
{
	struct map_request request = {
		.type = MAP_BOTH,
		.title = args_get(args, "title", NULL),
		.marking = args_get(args, "marking", NULL),
	};
	const char *path = args_get(args, "output", NULL), *type = args_get(args, "type", NULL);
	enum map_format format;
	struct estate estate = {0}, of = {0}, against = {0};
	struct days days = {0};
	uint64_t dpi;
	int r;

	if (!path)
		return error_set(reterr, ERROR_USAGE,
			"name the file to draw: -o network-map.svg (or .pdf, .png, .html)");
	r = map_format_of(path, &format, reterr);
	if (r == 0 && type)
		r = map_type_parse(type, &request.type, reterr);
	if (r == 0)
		r = args_number(args, "dpi", 36, 600, 144, &dpi, reterr);
	if (r < 0)
		return r;
	request.dpi = (unsigned int)dpi;

	r = read_days(context, args, &days, reterr);
	if (r == 0)
		r = load(context, &days, &of, &against, &estate, reterr);
	if (r == 0 && estate.n_assets == 0)
		r = error_set(reterr, ERROR_INPUT,
			"the register has no assets to draw; run `cadastre survey` first");
	if (r == 0)
		r = map_draw(&estate, &request, format, path, reterr);
	arena_free(against.arena);
	arena_free(of.arena);
	if (r == 0)
		say(context, "%s", path);
	return r;
}

static const struct option_row map_options[] = {
	{"output", 'o', "FILE", "what to draw; the form follows the suffix: svg, pdf, png, html"},
	{"type", 0, "NAME", "topology, district or both; default: both"},
	{"as-of", 0, "TIME", "as it was then"},
	{"diff", 0, "TIME", "with what is new, gone and changed since then, or since a baseline"},
	{"title", 0, "TEXT", "title of the sheet"},
	{"marking", 0, "TEXT", "classification marking, top and bottom of every sheet"},
	{"dpi", 0, "NUMBER", "resolution of a PNG; default: 144"},
	{0},
};

const struct command cmd_map = {
	.name = "map",
	.synopsis = "-o FILE [OPTION...]",
	.summary = "draw the network map",
	.options = map_options,
	.needs = NEEDS_DATABASE,
	.run = run_map,
};
