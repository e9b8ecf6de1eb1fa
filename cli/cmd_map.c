/* SPDX-License-Identifier: Apache-2.0 */
/* map: the network map of what the register knows. */
#include "cli/command.h"

#include "cli/redaction.h"
#include "common/file.h"
#include "mapper/mapper.h"
#include "mapper/redact.h"

#include <limits.h>
#include <string.h>

/* The key beside the register, unless another is named. */
static int read_key(const char *path, struct siphash_key *ret_key, struct error *reterr)
{
	char directory[PATH_MAX], own[PATH_MAX + sizeof(REDACTION_KEY_FILE) + 1];
	int r = 0;

	if (!path) {
		r = inventory_directory(directory, sizeof(directory), reterr);
		if (r == 0)
			r = file_make_directory(directory, reterr);
		if (r < 0)
			return r;
		snprintf(own, sizeof(own), "%s/" REDACTION_KEY_FILE, directory);
		path = own;
	}
	return redaction_key_read(path, ret_key, reterr);
}

/* What lies over the map, and what it does not tell. */
static int read_overlays(const struct args *args, struct map_request *request, struct error *reterr)
{
	const char *overlays = args_get(args, "overlay", NULL);
	const char *level = args_get(args, "redact", NULL);
	const char *key = args_get(args, "redact-key", NULL);
	int r = overlays ? map_overlays_parse(overlays, &request->overlays, reterr) : 0;

	if (r == 0 && level)
		r = redaction_parse(level, &request->redaction, reterr);
	if (r == 0 && key && !request->redaction)
		r = error_set(reterr, ERROR_USAGE,
			"a redaction key without redaction: say --redact internal, partner or public");
	if (r == 0 && request->redaction)
		r = read_key(key, &request->redaction_key, reterr);
	return r;
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
		r = read_overlays(args, &request, reterr);
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
	{"type", 0, "NAME", "topology, district or both; default: both"},
	{"overlay", 0, "LIST", "what lies over it: cii, tier, exposure (these three: default), "
		"responsibility, zones, findings, change, age; all; none"},
	{"redact", 0, "LEVEL", "for others: none, internal, partner or public; default: none"},
	{"redact-key", 0, "FILE", "key of the pseudonyms; default: redaction.key in the data directory"},
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
