/* SPDX-License-Identifier: Apache-2.0 */
/* The options of a map; see map_request.h. */
#include "cli/map_request.h"

#include "cli/redaction.h"
#include "common/file.h"
#include "mapper/ground/ground.h"
#include "mapper/redact.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define SHAPES_ARENA_MAX (256ul << 20)

static int no_row(void *unused, const struct fact_row *fact)
{
	(void)unused;
	(void)fact;
	return 0;
}

/* The number of an alias is that of its asset; anything else is for the map to find. */
static int read_focus(struct context *context, const struct args *args,
	struct map_request *request, char text[MAP_FOCUS_MAX], struct error *reterr)
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
		snprintf(text, MAP_FOCUS_MAX, "%" PRIu64, asset.id);
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
static int read_overlays(
	const struct args *args, struct map_request *request, struct error *reterr)
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

static int note_baseline(void *context, const struct baseline_row *baseline)
{
	(void)baseline;
	*(bool *)context = true;
	return 0;
}

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

static int read_days(struct context *context, const struct args *args, struct map_asked *ret,
	struct error *reterr)
{
	const char *other = args_get(args, "diff", NULL);
	int r = args_moment(args_get(args, "as-of", NULL), &ret->of.moment.as_of_us, reterr);

	ret->of.realm = ret->against.realm = context->realm_given ? context->realm : NULL;
	ret->difference = other != NULL;
	ret->of.without_findings = !(ret->request.overlays & MAP_OVERLAY_FINDINGS);
	ret->against.without_findings = true;
	if (r == 0 && other)
		r = read_other_day(context->inventory, other, &ret->against, reterr);
	return r;
}

/* "118,27,123,31.5": west, south, east, north. */
static int read_bounds(const char *text, struct map_bounds *ret, struct error *reterr)
{
	int end = 0;

	if (sscanf(text, "%lf,%lf,%lf,%lf%n", &ret->west, &ret->south, &ret->east, &ret->north,
		    &end) == 4 &&
		!text[end] && ret->west >= -180 && ret->east <= 180 && ret->south >= -90 &&
		ret->north <= 90 && ret->west < ret->east && ret->south < ret->north)
		return 0;
	return error_set(reterr, ERROR_USAGE,
		"--base-bounds \"%.64s\" is not WEST,SOUTH,EAST,NORTH in degrees, as in "
		"73,17,136,54",
		text);
}

/* What goes with what. */
static int check_ground(
	const struct args *args, struct map_request *request, struct error *reterr)
{
	bool shapes = args_has(args, "geojson"), base = args_has(args, "base");
	bool bounds = args_has(args, "base-bounds");

	if ((shapes || base) && request->type != MAP_REGION)
		return error_set(reterr, ERROR_USAGE,
			"shapes of divisions and a base map are for the region sheet: say "
			"--type region");
	if (request->map_number && !shapes && !base)
		return error_set(reterr, ERROR_USAGE,
			"--map-number needs --geojson or --base: it is the number of the map "
			"that these are of");
	if (base && (!request->map_number || !request->map_number[0]))
		return error_set(reterr, ERROR_USAGE,
			"a base map is printed with its review number only: --base needs "
			"--map-number");
	if (bounds != (shapes && base))
		return error_set(reterr, ERROR_USAGE,
			bounds ? "--base-bounds needs --base and --geojson: it says where "
				 "shapes lie on the base map"
			       : "--geojson over --base needs --base-bounds: the degrees at "
				 "the base map's edges");
	return bounds ? read_bounds(args_get(args, "base-bounds", ""), &request->base_bounds,
				reterr)
		      : 0;
}

static void forget(void *inventory)
{
	inventory_forget(inventory);
}

static struct ground_source source_of(const struct context *context, const char *path)
{
	return (struct ground_source){path, forget, context->inventory};
}

static int read_base(
	struct context *context, const char *path, struct map_asked *ret, struct error *reterr)
{
	const struct ground_source source = source_of(context, path);
	struct base_map *base;
	int r = ground_read_base(&source, ret->shapes, &base, reterr);

	if (r < 0)
		return r;
	ret->request.base = base;
	if (*base_map_dropped(base, ret->shapes))
		say(context, "%s: not drawn: %s", path, base_map_dropped(base, ret->shapes));
	return 0;
}

static int read_ground(struct context *context, const struct args *args, struct map_asked *ret,
	struct error *reterr)
{
	const char *shapes = args_get(args, "geojson", NULL);
	const char *base = args_get(args, "base", NULL);
	struct geography *geography;
	int r;

	ret->request.map_number = args_get(args, "map-number", NULL);
	r = check_ground(args, &ret->request, reterr);
	if (r < 0 || (!shapes && !base))
		return r;
	ret->shapes = arena_new(SHAPES_ARENA_MAX);
	if (!ret->shapes)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the shapes");
	if (shapes) {
		const struct ground_source source = source_of(context, shapes);

		r = ground_read_geography(&source, ret->shapes, &geography, reterr);
		if (r < 0)
			return r;
		ret->request.geography = geography;
	}
	return base ? read_base(context, base, ret, reterr) : 0;
}

static int read_form(const struct args *args, struct map_asked *ret, struct error *reterr)
{
	const char *type = args_get(args, "type", NULL);
	uint64_t dpi;
	int r;

	ret->path = args_get(args, "output", NULL);
	if (!ret->path)
		return error_set(reterr, ERROR_USAGE,
			"name the file to draw: -o network-map.svg (or .pdf, .png, .html, ...)");
	r = map_format_of(ret->path, &ret->format, reterr);
	if (r == 0 && type)
		r = map_type_parse(type, &ret->request.type, reterr);
	if (r == 0)
		r = map_paper_parse(
			args_get(args, "paper", "auto"), &ret->request.paper, reterr);
	if (r == 0)
		r = map_language_parse(
			args_get(args, "language", "both"), &ret->request.language, reterr);
	if (r == 0)
		r = args_number(args, "dpi", 36, 600, 144, &dpi, reterr);
	if (r == 0)
		ret->request.dpi = (unsigned int)dpi;
	return r;
}

int map_request_read(struct context *context, const struct args *args, struct map_asked *ret,
	struct error *reterr)
{
	int r;

	*ret = (struct map_asked){.request = {.type = MAP_BOTH,
					  .title = args_get(args, "title", NULL),
					  .marking = args_get(args, "marking", NULL),
					  .compiled_by = args_get(args, "compiled-by", NULL),
					  .reviewed_by = args_get(args, "reviewed-by", NULL)}};
	r = read_form(args, ret, reterr);
	if (r == 0)
		r = read_ground(context, args, ret, reterr);
	if (r == 0)
		r = read_overlays(args, &ret->request, reterr);
	if (r == 0)
		r = read_arrange(args, &ret->request.arrange, reterr);
	if (r == 0)
		r = read_focus(context, args, &ret->request, ret->focus, reterr);
	return r < 0 ? r : read_days(context, args, ret, reterr);
}
