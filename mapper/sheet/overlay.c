/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of the overlays, derived from the model; see overlay.h. Draws nothing. */
#include "mapper/sheet/overlay.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "mapper/render/measure.h"
#include "mapper/sheet/words.h"

#include <stdlib.h>
#include <string.h>

#define PART_MAX 200 /* bytes of one name */
#define DAY_US (24LL * 3600 * CLOCK_SECOND)

/* ---- what is switched off ---- */

static struct estate_system *plain_systems(
	const struct estate *e, unsigned int overlays, struct arena *arena)
{
	struct estate_system *systems =
		arena_alloc(arena, (e->n_systems + 1ul) * sizeof(*systems));

	for (uint32_t i = 0; i < e->n_systems && systems; i++) {
		systems[i] = e->systems[i];
		if (!overlay_on(overlays, MAP_OVERLAY_TIER))
			systems[i].tier = 0;
		if (overlay_on(overlays, MAP_OVERLAY_CII))
			continue;
		systems[i].designated = 0;
		systems[i].decided = 0;
		systems[i].designation_no = systems[i].designation_pack = "";
	}
	return systems;
}

/* Assets without exposure, and out of decided boundaries, if that is switched off. */
static struct estate_asset *plain_assets(
	const struct estate *e, unsigned int overlays, struct arena *arena)
{
	struct estate_asset *assets = arena_alloc(arena, (e->n_assets + 1ul) * sizeof(*assets));

	for (uint32_t i = 0; i < e->n_assets && assets; i++) {
		assets[i] = e->assets[i];
		if (!overlay_on(overlays, MAP_OVERLAY_EXPOSURE))
			assets[i].exposed = 0;
		if (!overlay_on(overlays, MAP_OVERLAY_CII))
			assets[i].boundary &= (uint8_t)~ESTATE_IN_DECIDED;
	}
	return assets;
}

static bool hide_exposure(struct estate *e, struct arena *arena)
{
	struct estate_service *services =
		arena_alloc(arena, (e->n_services + 1ul) * sizeof(*services));

	if (!services)
		return false;
	for (uint32_t i = 0; i < e->n_services; i++) {
		services[i] = e->services[i];
		services[i].exposed = 0;
		services[i].justified = LEDGER_NONE;
		services[i].kind = "";
	}
	e->services = services;
	return true;
}

int overlay_estate(const struct estate *estate, unsigned int overlays, struct arena *arena,
	const struct estate **ret_estate, struct error *reterr)
{
	struct estate *own;
	bool made = true;

	*ret_estate = estate;
	if (overlay_on(overlays, MAP_OVERLAY_CII) && overlay_on(overlays, MAP_OVERLAY_TIER) &&
		overlay_on(overlays, MAP_OVERLAY_EXPOSURE))
		return 0;
	own = arena_copy(arena, estate, sizeof(*own));
	if (own) {
		own->systems = plain_systems(estate, overlays, arena);
		own->assets = plain_assets(estate, overlays, arena);
		made = own->systems && own->assets &&
		       (overlay_on(overlays, MAP_OVERLAY_EXPOSURE) ||
			       hide_exposure(own, arena));
	}
	if (!own || !made)
		return error_set(reterr, ERROR_SYSTEM, "cannot draw the map: no memory");
	*ret_estate = own;
	return 0;
}

/* ---- responsibility ---- */

static const char *system_owner_name(const struct estate_system *s)
{
	const char *const names[] = {s->operates, s->manages, s->organisation};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i] && names[i][0])
			return names[i];
	return "";
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All names, each once. Assets that follow each other often share a text. */
static void find_owners(const struct estate *e, struct overlay *o)
{
	uint32_t n = 0, kept = 0;

	for (uint32_t i = 0; i < e->n_systems; i++)
		o->owners[n++] = system_owner_name(&e->systems[i]);
	for (uint32_t i = 0; i < e->n_assets; i++)
		if (n == 0 || o->owners[n - 1] != e->assets[i].responsible)
			o->owners[n++] = estate_text(e->assets[i].responsible);
	qsort(o->owners, n, sizeof(*o->owners), by_name);
	for (uint32_t i = 0; i < n; i++)
		if (o->owners[i][0] &&
			(kept == 0 || strcmp(o->owners[i], o->owners[kept - 1]) != 0))
			o->owners[kept++] = o->owners[i];
	o->n_owners = kept;
}

static uint32_t find_owner(const struct overlay *o, const char *name)
{
	const char **found = name[0] && o->n_owners > 0
				     ? bsearch(&name, o->owners, o->n_owners,
					       sizeof(*o->owners), by_name)
				     : NULL;

	return found ? (uint32_t)(found - o->owners) : MODEL_NONE;
}

/* ---- zones ---- */

static uint32_t find_zone(const struct estate *e, const char *text)
{
	for (uint32_t i = 0; i < e->n_zones && text[0]; i++)
		if (strcmp(estate_text(e->zones[i].name), text) == 0 ||
			strcmp(estate_text(e->zones[i].id), text) == 0)
			return i;
	return MODEL_NONE;
}

static bool make(const struct model *model, struct overlay *o)
{
	const struct estate *e = model->estate;
	struct arena *arena = model->lasting;
	size_t n = (size_t)e->n_systems + e->n_assets + 1;

	o->owners = arena_alloc(arena, n * sizeof(*o->owners));
	o->owner_of_asset = arena_alloc(arena, n * sizeof(uint32_t));
	o->owner_of_system = arena_alloc(arena, n * sizeof(uint32_t));
	o->zone_of_network = arena_alloc(arena, (model->n_networks + 1ul) * sizeof(uint32_t));
	if (!o->owners || !o->owner_of_asset || !o->owner_of_system || !o->zone_of_network)
		return false;
	find_owners(e, o);
	for (uint32_t i = 0; i < e->n_systems; i++)
		o->owner_of_system[i] = find_owner(o, system_owner_name(&e->systems[i]));
	for (uint32_t i = 0; i < e->n_assets; i++) {
		o->owner_of_asset[i] = find_owner(o, estate_text(e->assets[i].responsible));
		if (o->owner_of_asset[i] == MODEL_NONE && e->assets[i].system < e->n_systems)
			o->owner_of_asset[i] = o->owner_of_system[e->assets[i].system];
	}
	for (uint32_t i = 0; i < model->n_networks; i++)
		o->zone_of_network[i] = MODEL_NONE;
	for (uint32_t i = 0; i < e->n_subnets; i++) {
		uint32_t *zone = &o->zone_of_network[model->network_of_subnet[i]];

		if (*zone == MODEL_NONE)
			*zone = find_zone(e, estate_text(e->subnets[i].zone));
	}
	return true;
}

const struct overlay *overlay_of(const struct model *model)
{
	if (!model->overlay->owners && !make(model, model->overlay))
		return NULL;
	return model->overlay;
}

uint32_t overlay_owner(const struct model *model, uint32_t asset)
{
	const struct overlay *o = overlay_of(model);

	return o ? o->owner_of_asset[asset] : MODEL_NONE;
}

uint32_t overlay_system_owner(const struct model *model, uint32_t system)
{
	const struct overlay *o = overlay_of(model);

	return o && system < model->estate->n_systems ? o->owner_of_system[system] : MODEL_NONE;
}

uint32_t overlay_network_owner(const struct model *model, uint32_t network)
{
	const struct model_network *n = &model->networks[network];
	uint32_t owner = MODEL_NONE;

	for (uint32_t i = 0; i < n->n_places; i++) {
		uint32_t own = overlay_owner(model, model->places[n->first_place + i].asset);

		if (i > 0 && own != owner)
			return MODEL_NONE;
		owner = own;
	}
	return owner;
}

const char *overlay_code(uint32_t owner, char *out)
{
	char letters[OVERLAY_CODE_MAX];
	size_t n = 0, i = 0;

	for (uint32_t rest = owner + 1; rest > 0; rest = (rest - 1) / 26)
		letters[n++] = (char)('A' + (rest - 1) % 26);
	while (n > 0)
		out[i++] = letters[--n];
	out[i] = '\0';
	return out;
}

/* ---- age ---- */

enum overlay_age overlay_age(const struct estate *estate, const struct estate_asset *asset)
{
	int64_t us = estate->as_of_us - asset->seen_us;

	if (asset->seen_us == 0)
		return AGE_NEVER;
	return us <= DAY_US ? AGE_DAY : us <= 7 * DAY_US ? AGE_WEEK
			      : us <= 31 * DAY_US	 ? AGE_MONTH
							 : AGE_OLDER;
}

/* ---- what a zone says ---- */

const char *overlay_zone_name(const struct model *model, uint32_t network)
{
	const struct overlay *o = overlay_of(model);
	const struct estate_zone *zone;

	if (!o || network >= model->n_known_networks)
		return "";
	/* The Internet's side has a frame of its own. */
	if (o->zone_of_network[network] == MODEL_NONE)
		return model->networks[network].internet
			       ? ""
			       : estate_text(model->networks[network].zone);
	zone = &model->estate->zones[o->zone_of_network[network]];
	return estate_text(zone->name)[0] ? zone->name : estate_text(zone->id);
}

const char *overlay_protection(const struct estate_zone *zone, bool chinese)
{
	static const struct {
		const char *code, *english, *chinese;
	} parts[] = {{"management-centre", "management centre", "安全管理中心"},
		{"communication-network", "communication network", "安全通信网络"},
		{"area-boundary", "area boundary", "安全区域边界"},
		{"computing-environment", "computing environment", "安全计算环境"}};
	const char *code = estate_text(zone->protects);

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strcmp(parts[i].code, code) == 0)
			return chinese && measure_can_show(parts[i].chinese) ? parts[i].chinese
									     : parts[i].english;
	return code;
}

const char *overlay_zone_text(
	const struct model *model, uint32_t network, enum map_language language)
{
	const char *name = overlay_zone_name(model, network), *said, *purdue, *text;
	const struct estate_zone *zone;

	if (!name[0] || model->overlay->zone_of_network[network] == MODEL_NONE)
		return name;
	zone = &model->estate->zones[model->overlay->zone_of_network[network]];
	said = overlay_protection(zone, language == MAP_CHINESE);
	purdue = estate_text(zone->purdue);
	if (purdue[0])
		purdue = estate_text(arena_printf(model->arena,
			language == MAP_CHINESE && measure_can_show("普渡层") ? ", 普渡 %s 层"
									: ", Purdue %s",
			purdue));
	text = arena_printf(model->arena, "%.*s%s%s%.*s", words_whole(name, PART_MAX), name,
		purdue, said[0] ? ", " : "", words_whole(said, PART_MAX), said);
	if (text && zone->sl_t > 0)
		text = arena_printf(model->arena, "%s, SL-T %u", text, zone->sl_t);
	return text ? text : "";
}
