/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way from an estate to what lies around one thing of it; see focus.h. First what is meant,
 * then how far everything is from it, then what of that is taken, then a copy with every
 * reference renumbered. Order is that of the estate throughout.
 */
#include "mapper/focus.h"

#include "common/cleanup.h"
#include "common/str.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CANDIDATES_SAID 8
#define FAR UINT32_MAX

/* Rows of one thing after each other: members of a subnet, neighbours of an asset. */
struct rows {
	uint32_t *first, *items;
};

struct walker {
	const struct estate *e;
	struct arena *arena;
	struct rows members, neighbours;
	uint32_t *far;	      /* per asset: hops, FAR */
	uint32_t *far_subnet; /* per subnet: of the nearest asset in it */
	uint32_t *queue, n_queue;
	uint32_t *asset_at, *subnet_at, *system_at; /* in the copy, ESTATE_NONE */
	uint32_t *stamp;
	struct focus *focus;
};

/* ---- what is meant ---- */

struct finding {
	struct str said; /* candidates, as they are told */
	size_t n;
	struct cidr cidr;
	uint32_t asset, system, subnet; /* the last that was found, ESTATE_NONE */
};

static void found(struct finding *f, const char *kind, const char *name, const char *id)
{
	if (f->n++ < CANDIDATES_SAID)
		str_addf(&f->said, "%s%s %.80s%s%.40s%s", f->said.len ? ", " : "", kind, name,
			id[0] ? " (" : "", id, id[0] ? ")" : "");
}

static bool is_called(const char *name, const char *what, bool part)
{
	size_t n = strlen(what);

	if (!name || !name[0])
		return false;
	if (!part)
		return strcasecmp(name, what) == 0 ||
		       (strncasecmp(name, what, n) == 0 && name[n] == '.');
	for (; *name; name++)
		if (strncasecmp(name, what, n) == 0)
			return true;
	return false;
}

static bool has_address(
	const struct estate *e, const struct estate_asset *asset, const struct addr *addr)
{
	for (uint32_t i = 0; i < asset->n_addresses; i++)
		if (addr_compare(&e->addresses[asset->first_address + i].addr, addr) == 0)
			return true;
	return false;
}

static void find_asset(const struct estate *e, const char *what, bool part, struct finding *f)
{
	uint64_t id = 0;
	struct addr addr;
	bool is_address = addr_parse(what, &addr, NULL) == 0;
	char *end = NULL, text[24];

	errno = 0;
	if (what[0] >= '0' && what[0] <= '9')
		id = strtoull(what, &end, 10);
	if (!end || *end || errno)
		id = 0;
	for (uint32_t i = 0; i < e->n_assets; i++) {
		const struct estate_asset *asset = &e->assets[i];

		if (!(id != 0 && asset->id == id) && !is_called(asset->name, what, part) &&
			!(is_address && has_address(e, asset, &addr)))
			continue;
		f->asset = i;
		snprintf(text, sizeof(text), "%" PRIu64, asset->id);
		found(f, "asset", estate_text(asset->name), text);
		/* A number is an asset's before it is anything's name. */
		if (id != 0 && asset->id == id) {
			f->n = 1;
			return;
		}
	}
}

static void find_named(const struct estate *e, const char *what, bool part, struct finding *f)
{
	char text[CIDR_TEXT_MAX];

	find_asset(e, what, part, f);
	for (uint32_t i = 0; i < e->n_systems; i++)
		if (is_called(e->systems[i].name, what, part) ||
			is_called(e->systems[i].id, what, part)) {
			f->system = i;
			found(f, "system", estate_text(e->systems[i].name),
				estate_text(e->systems[i].id));
		}
	for (uint32_t i = 0; i < e->n_subnets; i++)
		if (is_called(e->subnets[i].name, what, part)) {
			f->subnet = i;
			f->cidr = e->subnets[i].cidr;
			found(f, "network", e->subnets[i].name,
				cidr_format(&e->subnets[i].cidr, text));
		}
}

static int tell(
	const struct estate *e, const char *what, struct finding *f, struct error *reterr)
{
	bool several = f->n > 1;
	int r;

	if (!several)
		find_named(e, what, true, f);
	if (f->n > CANDIDATES_SAID)
		str_addf(&f->said, " and %zu more", f->n - CANDIDATES_SAID);
	r = error_set(reterr, ERROR_INPUT, "%s \"%.80s\"%s%s",
		several ? "several things are called" : "nothing on the map is called", what,
		f->n == 0 ? ""
		: several ? ": name one by number, id or prefix: "
			  : "; did you mean ",
		f->n == 0 ? ": give the number, name or address of an asset, a system, or a "
			    "prefix"
			  : f->said.data);
	return r;
}

static void mark(struct walker *w, uint32_t asset)
{
	if (w->far[asset] == 0)
		return;
	w->far[asset] = 0;
	w->queue[w->n_queue++] = asset;
}

/* Everything that is what was named, at no distance. */
static void mark_found(struct walker *w, const struct finding *f, bool prefix)
{
	const struct estate *e = w->e;
	char text[CIDR_TEXT_MAX];

	if (!prefix && f->asset != ESTATE_NONE) {
		mark(w, f->asset);
		w->focus->name = e->assets[f->asset].name;
	} else if (!prefix && f->system != ESTATE_NONE) {
		for (uint32_t i = 0; i < e->n_assets; i++)
			if (e->assets[i].system == f->system)
				mark(w, i);
		w->focus->name = estate_text(e->systems[f->system].name);
		if (!w->focus->name[0])
			w->focus->name = estate_text(e->systems[f->system].id);
	} else {
		for (uint32_t i = 0; i < e->n_addresses; i++)
			if (cidr_contains(&f->cidr, &e->addresses[i].addr))
				mark(w, e->addresses[i].asset);
		w->focus->name = arena_strdup(w->arena, cidr_format(&f->cidr, text));
	}
	w->focus->n_found = w->n_queue;
}

static int resolve(struct walker *w, const char *what, struct error *reterr)
{
	struct finding f = {.said = STR_INIT(4096),
		.asset = ESTATE_NONE,
		.system = ESTATE_NONE,
		.subnet = ESTATE_NONE};
	bool prefix = strchr(what, '/') && cidr_parse(what, &f.cidr, NULL) == 0;
	int r = 0;

	if (!prefix)
		find_named(w->e, what, false, &f);
	if (what[0] == '\0')
		r = error_set(reterr, ERROR_INPUT,
			"the map cannot be drawn around nothing: name an asset, a system or a "
			"network");
	else if (!prefix && f.n != 1)
		r = tell(w->e, what, &f, reterr);
	else
		mark_found(w, &f, prefix);
	str_done(&f.said);
	if (r == 0 && w->n_queue == 0)
		r = error_set(reterr, ERROR_INPUT,
			"cannot draw the map around \"%.80s\": no asset is there", what);
	return r;
}

/* ---- how far everything is ---- */

static int rows_make(struct rows *rows, uint32_t n, uint32_t n_items)
{
	rows->first = calloc((size_t)n + 2, sizeof(*rows->first));
	rows->items = calloc((size_t)n_items + 1, sizeof(*rows->items));
	return rows->first && rows->items ? 0 : -1;
}

static void rows_done(struct rows *rows)
{
	free(rows->first);
	free(rows->items);
}

/* Two passes: how many of each, then which. */
static int find_members(struct walker *w)
{
	const struct estate *e = w->e;
	struct rows *rows = &w->members;

	if (rows_make(rows, e->n_subnets, e->n_addresses) < 0)
		return -1;
	for (uint32_t i = 0; i < e->n_addresses; i++)
		if (e->addresses[i].subnet < e->n_subnets)
			rows->first[e->addresses[i].subnet + 2]++;
	for (uint32_t i = 2; i < e->n_subnets + 2; i++)
		rows->first[i] += rows->first[i - 1];
	for (uint32_t i = 0; i < e->n_addresses; i++)
		if (e->addresses[i].subnet < e->n_subnets)
			rows->items[rows->first[e->addresses[i].subnet + 1]++] =
				e->addresses[i].asset;
	return 0;
}

static int find_neighbours(struct walker *w)
{
	const struct estate *e = w->e;
	struct rows *rows = &w->neighbours;

	if (rows_make(rows, e->n_assets, 2 * e->n_links) < 0)
		return -1;
	for (uint32_t i = 0; i < e->n_links; i++) {
		rows->first[e->links[i].from + 2]++;
		rows->first[e->links[i].to + 2]++;
	}
	for (uint32_t i = 2; i < e->n_assets + 2; i++)
		rows->first[i] += rows->first[i - 1];
	for (uint32_t i = 0; i < e->n_links; i++) {
		rows->items[rows->first[e->links[i].from + 1]++] = e->links[i].to;
		rows->items[rows->first[e->links[i].to + 1]++] = e->links[i].from;
	}
	return 0;
}

static void reach(struct walker *w, uint32_t asset, uint32_t hops)
{
	if (w->far[asset] != FAR)
		return;
	w->far[asset] = hops;
	w->queue[w->n_queue++] = asset;
}

static void walk(struct walker *w, uint32_t hops)
{
	const struct estate *e = w->e;

	for (uint32_t head = 0; head < w->n_queue; head++) {
		uint32_t at = w->queue[head], next = w->far[at] + 1;
		const struct estate_asset *asset = &e->assets[at];

		if (next > hops)
			return;
		for (uint32_t i = w->neighbours.first[at]; i < w->neighbours.first[at + 1]; i++)
			reach(w, w->neighbours.items[i], next);
		for (uint32_t k = 0; k < asset->n_addresses; k++) {
			uint32_t subnet = e->addresses[asset->first_address + k].subnet;

			if (subnet >= e->n_subnets || w->far_subnet[subnet] != FAR)
				continue;
			w->far_subnet[subnet] = next - 1;
			for (uint32_t i = w->members.first[subnet];
				i < w->members.first[subnet + 1]; i++)
				reach(w, w->members.items[i], next);
		}
	}
}

/* ---- what is taken ---- */

/* Things that lead on or matter are taken before their like. */
static int rank_of(const struct walker *w, uint32_t asset)
{
	const struct estate *e = w->e;
	const struct estate_asset *a = &e->assets[asset];
	uint32_t subnet = ESTATE_NONE;

	if (a->role == ASSET_ROLE_ROUTER || a->role == ASSET_ROLE_FIREWALL)
		return 0;
	for (uint32_t i = 0; i < a->n_addresses; i++) {
		uint32_t other = e->addresses[a->first_address + i].subnet;

		if (subnet != ESTATE_NONE && other != subnet)
			return 1;
		subnet = other;
	}
	if (a->exposed || (a->system < e->n_systems && e->systems[a->system].designated))
		return 2;
	return w->neighbours.first[asset + 1] > w->neighbours.first[asset] ? 3 : 4;
}

static int by_distance(const void *a, const void *b, void *closure)
{
	const struct walker *w = closure;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int i = rank_of(w, x), k = rank_of(w, y);

	if (w->far[x] != w->far[y])
		return w->far[x] < w->far[y] ? -1 : 1;
	if (i != k)
		return i < k ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Whether a network that it stands in, or a thing it hangs on, still has room for it. */
static bool has_room(
	struct walker *w, uint32_t asset, uint32_t *taken_subnet, uint32_t *taken_link)
{
	const struct estate *e = w->e;
	const struct estate_asset *a = &e->assets[asset];
	bool room = false;

	for (uint32_t i = 0; i < a->n_addresses; i++) {
		uint32_t subnet = e->addresses[a->first_address + i].subnet;

		if (subnet < e->n_subnets && w->far_subnet[subnet] != FAR)
			return taken_subnet[subnet]++ < FOCUS_NETWORK_MAX;
	}
	for (uint32_t i = w->neighbours.first[asset];
		i < w->neighbours.first[asset + 1] && !room; i++) {
		uint32_t other = w->neighbours.items[i];

		room = w->far[other] < w->far[asset] && taken_link[other]++ < FOCUS_NETWORK_MAX;
	}
	return room;
}

/* What was only reached over links keeps the network of its lowest address, so that one sees
 * where it stands; nobody else of that network is taken for it. */
static void add_edge_networks(struct walker *w)
{
	const struct estate *e = w->e;

	for (uint32_t i = 0; i < e->n_assets; i++) {
		const struct estate_asset *a = &e->assets[i];
		const struct estate_address *lowest = NULL;
		bool known = w->asset_at[i] == ESTATE_NONE;

		for (uint32_t k = 0; k < a->n_addresses && !known; k++) {
			const struct estate_address *address =
				&e->addresses[a->first_address + k];

			if (address->subnet >= e->n_subnets)
				continue;
			known = w->far_subnet[address->subnet] != FAR;
			if (!lowest || addr_compare(&address->addr, &lowest->addr) < 0)
				lowest = address;
		}
		if (!known && lowest)
			w->far_subnet[lowest->subnet] = w->far[i];
	}
}

static int take(struct walker *w)
{
	const struct estate *e = w->e;
	_cleanup_(cleanup_freep) uint32_t *taken =
		calloc((size_t)e->n_subnets + e->n_assets + 1, sizeof(*taken));
	uint32_t n = 0;

	if (!taken)
		return -1;
	qsort_r(w->queue, w->n_queue, sizeof(*w->queue), by_distance, w);
	for (uint32_t i = 0; i < w->n_queue; i++) {
		uint32_t asset = w->queue[i];

		if (n < FOCUS_ASSETS_MAX && (has_room(w, asset, taken, taken + e->n_subnets) ||
						    (i == 0 && w->far[asset] == 0))) {
			w->asset_at[asset] = 1;
			n++;
		} else {
			w->focus->n_folded++;
		}
	}
	w->focus->n_beyond = e->n_assets - w->n_queue;
	n = 0;
	for (uint32_t i = 0; i < e->n_assets; i++)
		w->asset_at[i] = w->asset_at[i] == 1 ? n++ : ESTATE_NONE;
	w->focus->estate.n_assets = n;
	add_edge_networks(w);
	return 0;
}

/* ---- the copy ---- */

/* Assets one hop on that are farther than the hops asked for. */
static uint32_t count_beyond(struct walker *w, uint32_t asset)
{
	const struct estate *e = w->e;
	const struct estate_asset *a = &e->assets[asset];
	uint32_t n = 0;

	for (uint32_t i = w->neighbours.first[asset]; i < w->neighbours.first[asset + 1]; i++) {
		uint32_t other = w->neighbours.items[i];

		n += w->far[other] == FAR && w->stamp[other] != asset;
		w->stamp[other] = asset;
	}
	for (uint32_t k = 0; k < a->n_addresses; k++) {
		uint32_t subnet = e->addresses[a->first_address + k].subnet;

		if (subnet >= e->n_subnets || w->far_subnet[subnet] != FAR)
			continue;
		for (uint32_t i = w->members.first[subnet]; i < w->members.first[subnet + 1];
			i++) {
			uint32_t other = w->members.items[i];

			n += w->far[other] == FAR && w->stamp[other] != asset;
			w->stamp[other] = asset;
		}
	}
	return n;
}

/* How many it hangs on links that there was no room for. */
static uint32_t count_folded(const struct walker *w, uint32_t asset)
{
	uint32_t n = 0;

	for (uint32_t i = w->neighbours.first[asset]; i < w->neighbours.first[asset + 1]; i++) {
		uint32_t other = w->neighbours.items[i];

		n += w->far[other] != FAR && w->asset_at[other] == ESTATE_NONE;
	}
	return n;
}

static const char *edge_name(struct walker *w, uint32_t asset)
{
	const char *name = estate_text(w->e->assets[asset].name);
	uint32_t beyond = count_beyond(w, asset), folded = count_folded(w, asset);

	return beyond + folded > 0 ? arena_printf(w->arena, "%s (+%u)", name, beyond + folded)
				   : name;
}

static void *space(struct walker *w, size_t n, size_t size)
{
	return arena_alloc(w->arena, (n + 1) * size);
}

static int copy_subnets(struct walker *w)
{
	const struct estate *e = w->e;
	struct estate *out = &w->focus->estate;

	out->subnets = space(w, e->n_subnets, sizeof(*out->subnets));
	if (!out->subnets)
		return -1;
	for (uint32_t s = 0; s < e->n_subnets; s++) {
		struct estate_subnet *subnet = &out->subnets[out->n_subnets];
		uint32_t folded = 0;
		char text[CIDR_TEXT_MAX];

		w->subnet_at[s] = ESTATE_NONE;
		if (w->far_subnet[s] == FAR)
			continue;
		w->subnet_at[s] = out->n_subnets++;
		*subnet = e->subnets[s];
		for (uint32_t i = w->members.first[s]; i < w->members.first[s + 1]; i++)
			folded += w->asset_at[w->members.items[i]] == ESTATE_NONE;
		if (folded == 0)
			continue;
		subnet->name = arena_printf(w->arena, "%s (+%u)",
			estate_text(subnet->name)[0] ? subnet->name
						     : cidr_format(&subnet->cidr, text),
			folded);
		if (!subnet->name)
			return -1;
	}
	return 0;
}

static int copy_systems(struct walker *w)
{
	const struct estate *e = w->e;
	struct estate *out = &w->focus->estate;

	out->systems = space(w, e->n_systems, sizeof(*out->systems));
	if (!out->systems)
		return -1;
	for (uint32_t i = 0; i < e->n_assets; i++)
		if (w->asset_at[i] != ESTATE_NONE && e->assets[i].system < e->n_systems)
			w->system_at[e->assets[i].system] = 1;
	for (uint32_t s = 0; s < e->n_systems; s++) {
		if (w->system_at[s] != 1) {
			w->system_at[s] = ESTATE_NONE;
			continue;
		}
		w->system_at[s] = out->n_systems;
		out->systems[out->n_systems++] = e->systems[s];
	}
	/* The nearest come first. */
	if (e->assets[w->queue[0]].system < e->n_systems)
		w->focus->system = w->system_at[e->assets[w->queue[0]].system];
	return 0;
}

static void copy_parts(
	struct walker *w, const struct estate_asset *asset, struct estate_asset *to)
{
	const struct estate *e = w->e;
	struct estate *out = &w->focus->estate;

	to->first_address = out->n_addresses;
	to->first_service = out->n_services;
	for (uint32_t k = 0; k < asset->n_addresses; k++) {
		const struct estate_address *address = &e->addresses[asset->first_address + k];

		/* A network that nobody went into is counted, not drawn. */
		if (address->subnet < e->n_subnets &&
			w->subnet_at[address->subnet] == ESTATE_NONE)
			continue;
		out->addresses[out->n_addresses] = *address;
		out->addresses[out->n_addresses].asset = (uint32_t)(to - out->assets);
		if (address->subnet < e->n_subnets)
			out->addresses[out->n_addresses].subnet = w->subnet_at[address->subnet];
		out->n_addresses++;
	}
	for (uint32_t k = 0; k < asset->n_services; k++) {
		out->services[out->n_services] = e->services[asset->first_service + k];
		out->services[out->n_services++].asset = (uint32_t)(to - out->assets);
	}
	to->n_addresses = out->n_addresses - to->first_address;
	to->n_services = out->n_services - to->first_service;
}

static int copy_assets(struct walker *w)
{
	const struct estate *e = w->e;
	struct estate *out = &w->focus->estate;

	out->assets = space(w, out->n_assets, sizeof(*out->assets));
	out->addresses = space(w, e->n_addresses, sizeof(*out->addresses));
	out->services = space(w, e->n_services, sizeof(*out->services));
	if (!out->assets || !out->addresses || !out->services)
		return -1;
	memset(w->stamp, 0xff, ((size_t)e->n_assets + 1) * sizeof(*w->stamp));
	for (uint32_t i = 0; i < e->n_assets; i++) {
		struct estate_asset *to;

		if (w->asset_at[i] == ESTATE_NONE)
			continue;
		to = &out->assets[w->asset_at[i]];
		*to = e->assets[i];
		to->name = edge_name(w, i);
		if (!to->name)
			return -1;
		to->system = to->system < e->n_systems ? w->system_at[to->system] : ESTATE_NONE;
		copy_parts(w, &e->assets[i], to);
	}
	return 0;
}

static int copy_links(struct walker *w)
{
	const struct estate *e = w->e;
	struct estate *out = &w->focus->estate;

	out->links = space(w, e->n_links, sizeof(*out->links));
	if (!out->links)
		return -1;
	for (uint32_t i = 0; i < e->n_links; i++) {
		struct estate_link link = e->links[i];
		uint32_t a = w->asset_at[link.from], b = w->asset_at[link.to];

		w->focus->n_links += (a == ESTATE_NONE) != (b == ESTATE_NONE);
		if (a == ESTATE_NONE || b == ESTATE_NONE)
			continue;
		link.from = a;
		link.to = b;
		out->links[out->n_links++] = link;
	}
	return 0;
}

/* What the register says of the systems and devices that are left. */
static int copy_register(struct walker *w)
{
	const struct estate *e = w->e;
	struct estate *out = &w->focus->estate;

	out->supports = space(w, e->n_supports, sizeof(*out->supports));
	out->dependencies = space(w, e->n_dependencies, sizeof(*out->dependencies));
	out->supplies = space(w, e->n_supplies, sizeof(*out->supplies));
	out->exits = space(w, e->n_exits, sizeof(*out->exits));
	if (!out->supports || !out->dependencies || !out->supplies || !out->exits)
		return -1;
	for (uint32_t i = 0; i < e->n_supports; i++)
		if (w->system_at[e->supports[i].system] != ESTATE_NONE) {
			out->supports[out->n_supports] = e->supports[i];
			out->supports[out->n_supports++].system =
				w->system_at[e->supports[i].system];
		}
	for (uint32_t i = 0; i < e->n_dependencies; i++) {
		uint32_t from = w->system_at[e->dependencies[i].from],
			 on = w->system_at[e->dependencies[i].on];

		if (from == ESTATE_NONE || on == ESTATE_NONE)
			continue;
		out->dependencies[out->n_dependencies] = e->dependencies[i];
		out->dependencies[out->n_dependencies].from = from;
		out->dependencies[out->n_dependencies++].on = on;
	}
	for (uint32_t i = 0; i < e->n_supplies; i++)
		if (w->system_at[e->supplies[i].system] != ESTATE_NONE) {
			out->supplies[out->n_supplies] = e->supplies[i];
			out->supplies[out->n_supplies++].system =
				w->system_at[e->supplies[i].system];
		}
	for (uint32_t i = 0; i < e->n_exits; i++)
		if (e->exits[i].asset < e->n_assets &&
			w->asset_at[e->exits[i].asset] != ESTATE_NONE) {
			out->exits[out->n_exits] = e->exits[i];
			out->exits[out->n_exits++].asset = w->asset_at[e->exits[i].asset];
		}
	return 0;
}

static int copy(struct walker *w)
{
	struct estate *out = &w->focus->estate;
	uint32_t n = out->n_assets;

	*out = *w->e;
	out->arena = w->arena;
	out->n_assets = n;
	out->n_systems = out->n_subnets = out->n_addresses = out->n_services = out->n_links = 0;
	out->n_supports = out->n_dependencies = out->n_supplies = out->n_exits = 0;
	return copy_subnets(w) < 0 || copy_systems(w) < 0 || copy_assets(w) < 0 ||
			       copy_links(w) < 0 || copy_register(w) < 0
		       ? -1
		       : 0;
}

int focus_make(const struct estate *estate, const char *what, unsigned int hops,
	struct arena *arena, struct focus **ret_focus, struct error *reterr)
{
	size_t n = (size_t)estate->n_assets + 1, s = (size_t)estate->n_subnets + 1;
	_cleanup_(cleanup_freep) uint32_t *numbers =
		calloc(4 * n + 2 * s + estate->n_systems + 1, sizeof(*numbers));
	struct walker w = {.e = estate, .arena = arena};
	int r = 0;

	if (hops < 1 || hops > FOCUS_HOPS_MAX)
		return error_set(reterr, ERROR_USAGE,
			"a map is drawn around something by 1 to %d hops, not %u",
			FOCUS_HOPS_MAX, hops);
	w.focus = arena_alloc(arena, sizeof(*w.focus));
	if (!numbers || !w.focus)
		return error_set(reterr, ERROR_SYSTEM, "cannot draw the map: no memory");
	w.focus->system = ESTATE_NONE;
	w.far = numbers;
	w.queue = numbers + n;
	w.asset_at = numbers + 2 * n;
	w.stamp = numbers + 3 * n;
	w.far_subnet = numbers + 4 * n;
	w.subnet_at = w.far_subnet + s;
	w.system_at = w.subnet_at + s;
	memset(w.far, 0xff, n * sizeof(*w.far));
	memset(w.far_subnet, 0xff, s * sizeof(*w.far_subnet));
	r = resolve(&w, what, reterr);
	if (r == 0 && (find_members(&w) < 0 || find_neighbours(&w) < 0))
		r = error_set(reterr, ERROR_SYSTEM, "cannot draw the map: no memory");
	if (r == 0) {
		walk(&w, hops);
		if (take(&w) < 0 || copy(&w) < 0)
			r = error_set(reterr, ERROR_SYSTEM, "cannot draw the map: no memory");
	}
	rows_done(&w.members);
	rows_done(&w.neighbours);
	if (r == 0)
		*ret_focus = w.focus;
	return r;
}
