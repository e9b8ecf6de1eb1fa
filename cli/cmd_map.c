/* SPDX-License-Identifier: Apache-2.0 */
/* map: the network map of what the register knows. */
#include "cli/command.h"

#include "mapper/mapper.h"

#include <string.h>

static int run_map(struct context *context, const struct args *args, struct error *reterr)
{
	struct map_request request = {
		.type = MAP_BOTH,
		.title = args_get(args, "title", NULL),
		.marking = args_get(args, "marking", NULL),
	};
	const char *path = args_get(args, "output", NULL), *type = args_get(args, "type", NULL);
	enum map_format format;
	struct estate estate = {0};
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

	r = inventory_estate_load(
		context->inventory, context->realm_given ? context->realm : NULL, &estate, reterr);
	if (r == 0 && estate.n_assets == 0)
		r = error_set(reterr, ERROR_INPUT,
			"the register has no assets to draw; run `cadastre survey` first");
	if (r == 0)
		r = map_draw(&estate, &request, format, path, reterr);
	arena_free(estate.arena);
	if (r == 0)
		say(context, "%s", path);
	return r;
}

static const struct option_row map_options[] = {
	{"output", 'o', "FILE", "what to draw; the form follows the suffix: svg, pdf, png, html"},
	{"type", 0, "NAME", "topology, district, exposure, business or both; default: both"},
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
