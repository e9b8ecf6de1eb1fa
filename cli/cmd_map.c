/* SPDX-License-Identifier: Apache-2.0 */
/* map: the network map of what the register knows. */
#include "cli/command.h"
#include "cli/map_request.h"
#include "cli/slots.h"

#include "common/model/difference.h"

/* The estate of the day, with what changed since the other. Whoever calls frees the arenas. */
static int load(struct context *context, struct map_asked *asked, struct estate *of,
	struct estate *against, struct estate *ret_joined, struct error *reterr)
{
	int r = inventory_estate_ask(context->inventory, &asked->of, of, reterr);

	*ret_joined = *of;
	if (r < 0 || !asked->difference)
		return r;
	/* Of one realm, also where the other day had several or none. */
	if (of->realm[0])
		asked->against.realm = of->realm;
	r = inventory_estate_ask(context->inventory, &asked->against, against, reterr);
	return r < 0 ? r : estate_difference(of, against, of->arena, ret_joined, reterr);
}

/* What stands somewhere on the last map stands there on this one; a part of it, or pseudonyms,
 * have no places there, and what is not of now changes none. */
static int draw(struct context *context, const struct args *args, struct map_asked *asked,
	const struct estate *estate, struct error *reterr)
{
	_cleanup_(slots_done) struct slots slots = {0};
	bool of_now = asked->of.moment.as_of_us == 0 && !asked->difference;
	int r = slots_load(&slots, context, estate->realm, args_has(args, "fresh"), reterr);

	if (!asked->request.focus && !asked->request.redaction)
		slots_ask(&slots, &asked->request);
	if (r == 0)
		r = map_draw(estate, &asked->request, asked->format, asked->path, reterr);
	if (r == 0 && of_now)
		slots_store(&slots, context, estate->realm);
	return r;
}

static int run_map(struct context *context, const struct args *args, struct error *reterr)
{
	struct estate estate = {0}, of = {0}, against = {0};
	struct map_asked asked;
	int r = map_request_read(context, args, &asked, reterr);

	if (r == 0)
		r = load(context, &asked, &of, &against, &estate, reterr);
	if (r == 0 && estate.n_assets == 0)
		r = error_set(reterr, ERROR_INPUT,
			"the register has no assets to draw; run `cadastre survey` first");
	if (r == 0)
		r = draw(context, args, &asked, &estate, reterr);
	arena_free(against.arena);
	arena_free(of.arena);
	arena_free(asked.shapes);
	if (r == 0 && asked.request.type == MAP_BOTH && asked.format >= MAP_GRAPHML)
		say(context, "%s has the topology; name another sheet by --type", asked.path);
	else if (r == 0)
		say(context, "%s", asked.path);
	return r;
}

static const struct option_row map_options[] = {
	{"fresh", 0, NULL,
		"lay districts and topology out anew, wherever they were on the last map"},
	{"output", 'o', "FILE",
		"what to draw; the form follows the suffix: svg, pdf, png, html, graphml, "
		"gexf, dot, json"},
	{"type", 0, "NAME",
		"topology, district, exposure, business, address-space, region, "
		"layers, bridges, atlas or both; default: both"},
	{"arrange", 0, "HOW", "the topology: auto, free or purdue; default: auto"},
	{"focus", 0, "WHAT", "draw around this asset, system or network only"},
	{"hops", 0, "NUMBER", "how far around it, 1 to 16; default: 1"},
	{"overlay", 0, "LIST",
		"what lies over it: cii, tier, exposure, responsibility (these four: default), "
		"zones, findings, change, age; all; none"},
	{"redact", 0, "LEVEL", "for others: none, internal, partner or public; default: none"},
	{"redact-key", 0, "FILE",
		"key of the pseudonyms; default: redaction.key in the data directory"},
	{"as-of", 0, "TIME", "as it was then"},
	{"diff", 0, "TIME",
		"with what is new, gone and changed since then, or since a baseline"},
	{"geojson", 0, "FILE",
		"shapes of divisions for the region sheet: GeoJSON with division or name"},
	{"base", 0, "FILE",
		"base map under the region sheet: SVG, plain shapes; needs --map-number"},
	{"base-bounds", 0, "W,S,E,N", "degrees at the base map's edges, for --geojson over it"},
	{"map-number", 0, "TEXT", "review number of the map those come from, shown with them"},
	{"title", 0, "TEXT", "title of the sheet"},
	{"marking", 0, "TEXT", "classification marking, top and bottom of every sheet"},
	{"paper", 0, "NAME",
		"auto, a4, a3, a2, a1, a0 or 16:9; default: the smallest good one"},
	{"language", 0, "NAME", "labels: both, en or zh; default: both"},
	{"compiled-by", 0, "NAME", "who compiled the map, for the title block"},
	{"reviewed-by", 0, "NAME", "who reviewed it, for the title block"},
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
