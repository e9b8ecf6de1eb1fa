/* SPDX-License-Identifier: Apache-2.0 */
/* map: the network map of what the register knows. */
#include "cli/command.h"
#include "cli/slots.h"

#include "cli/redaction.h"
#include "common/file.h"
#include "mapper/mapper.h"
#include "mapper/redact.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static int no_row(void *unused, const struct fact_row *fact)
{
	(void)unused;
	(void)fact;
	return 0;
}

/* The number of an alias is that of its asset; anything else is for the map to find. */
static int read_focus(struct context *context, const struct args *args,
	struct map_request *request, char text[24], struct error *reterr)
{
	const struct moment now = {0};
	struct asset_row asset;
	uint64_t hops;
	int r = args_number(args, "hops", 1, 16, 1, &hops, reterr);

	if (r < 0)
		return r;
	request->hops = (unsigned int)hops;
	request->focus = args_get(args, "focus", NULL);
	if (!request->focus)
		return args_get(args, "hops", NULL)
			       ? error_set(reterr, ERROR_USAGE,
					 "--hops needs --focus: say around what to draw")
			       : 0;
	if (request->focus[strspn(request->focus, "0123456789")] != '\0')
		return 0;
	r = inventory_asset_show(
		context->inventory, request->focus, &now, &asset, no_row, NULL, reterr);
	if (r == 0) {
		snprintf(text, 24, "%" PRIu64, asset.id);
		request->focus = text;
	}
	return r < 0 ? r : 0;
}

static int read_arrange(
	const struct args *args, enum map_arrange *ret_arrange, struct error *reterr)
{
	static const char *const names[] = {[MAP_ARRANGE_AUTO] = "auto",
		[MAP_ARRANGE_FREE] = "free",
		[MAP_ARRANGE_PURDUE] = "purdue"};
	const char *name = args_get(args, "arrange", "auto");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0) {
			*ret_arrange = (enum map_arrange)i;
			return 0;
		}
	return error_set(reterr, ERROR_USAGE,
		"a topology is not arranged \"%.32s\": it is one of auto, free, purdue", name);
}

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
	_cleanup_(slots_done) struct slots slots = {0};
	struct estate estate = {0};
	char focus[24];
	uint64_t dpi;
	int r;

	if (!path)
		return error_set(reterr, ERROR_USAGE,
			"name the file to draw: -o network-map.svg (or .pdf, .png, .html, ...)");
	r = map_format_of(path, &format, reterr);
	if (r == 0 && type)
		r = map_type_parse(type, &request.type, reterr);
	if (r == 0)
		r = read_overlays(args, &request, reterr);
	if (r == 0)
		r = args_number(args, "dpi", 36, 600, 144, &dpi, reterr);
	if (r == 0)
		r = read_arrange(args, &request.arrange, reterr);
	if (r < 0)
		return r;
	request.dpi = (unsigned int)dpi;
	r = read_focus(context, args, &request, focus, reterr);
	if (r < 0)
		return r;

	r = inventory_estate_load(
		context->inventory, context->realm_given ? context->realm : NULL, &estate, reterr);
	if (r == 0 && estate.n_assets == 0)
		r = error_set(reterr, ERROR_INPUT,
			"the register has no assets to draw; run `cadastre survey` first");
	if (r == 0)
		r = slots_load(&slots, context, estate.realm, args_has(args, "fresh"), reterr);
	/* Places of a part are not those of the whole, nor has a pseudonym one. */
	if (!request.focus && !request.redaction)
		request.slots = &slots.map;
	if (r == 0)
		r = map_draw(&estate, &request, format, path, reterr);
	if (r == 0)
		slots_store(&slots, context, estate.realm);
	arena_free(estate.arena);
	if (r == 0 && request.type == MAP_BOTH && format >= MAP_GRAPHML)
		say(context, "%s has the topology; name another sheet by --type", path);
	else if (r == 0)
		say(context, "%s", path);
	return r;
}

static const struct option_row map_options[] = {
	{"fresh", 0, NULL, "lay the districts out anew, wherever they were on the last map"},
	{"output", 'o', "FILE",
		"what to draw; the form follows the suffix: svg, pdf, png, html, graphml, gexf, dot, json"},
	{"type", 0, "NAME", "topology, district, bridges or both; default: both"},
	{"arrange", 0, "HOW", "the topology: auto, free or purdue; default: auto"},
	{"focus", 0, "WHAT", "draw around this asset, system or network only"},
	{"hops", 0, "NUMBER", "how far around it, 1 to 16; default: 1"},
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
