/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What protects the members: the boundary devices of the conduits of their zones, and guards
 * (firewalls) that share a network or a link with one of them. Nothing is walked to from there.
 */
#include "inventory/boundary/internal.h"

#include <stdlib.h>
#include <string.h>

/* The first member of each zone, with those above it, and of each subnet. Devices stand on
 * both sides. */
static void occupy(struct walking *w)
{
	const struct boundary_graph *g = w->graph;
	const struct groups *of = &w->walk->places;

	memset(w->walk->zone_member, 0xff, g->n_zones * sizeof(*w->walk->zone_member));
	memset(w->walk->subnet_member, 0xff,
		w->walk->n_subnets * sizeof(*w->walk->subnet_member));
	for (uint32_t i = 0; i < w->set->n_members; i++) {
		const struct boundary_member *m = &w->set->members[i];

		if (!walking_is_walked(w, m) || g->assets[m->asset].device)
			continue;
		for (uint32_t k = of->first[m->asset]; k < of->first[m->asset + 1]; k++) {
			const struct boundary_place *place = &g->places[of->items[k]];
			uint32_t zone = place->zone;

			if (place->subnet != BOUNDARY_NONE &&
				w->walk->subnet_member[place->subnet] == BOUNDARY_NONE)
				w->walk->subnet_member[place->subnet] = i;
			for (int up = 0; zone < g->n_zones && up < ZONES_ABOVE; up++) {
				if (w->walk->zone_member[zone] != BOUNDARY_NONE)
					break;
				w->walk->zone_member[zone] = i;
				zone = g->zones[zone].parent;
			}
		}
	}
}

static void protect(struct walking *w, uint32_t asset, uint32_t via, uint32_t conduit)
{
	if (w->walk->slot[asset] != BOUNDARY_NONE)
		return;
	walking_add(w, &(struct boundary_member){.asset = asset,
			       .why = WHY_PROTECTS,
			       .root = w->set->members[via].root,
			       .origin = w->set->members[via].origin,
			       .via = via,
			       .flow = BOUNDARY_NONE,
			       .conduit = conduit,
			       .depth = w->set->members[via].depth + 1});
}

void walking_protect(struct walking *w)
{
	const struct boundary_graph *g = w->graph;
	uint32_t first = w->set->n_members;

	occupy(w);
	for (uint32_t i = 0; i < g->n_conduits && !w->no_memory; i++) {
		const struct boundary_conduit *c = &g->conduits[i];
		uint32_t via = w->walk->zone_member[c->low];

		if (w->walk->zone_member[c->high] < via)
			via = w->walk->zone_member[c->high];
		if (via == BOUNDARY_NONE)
			continue;
		if (c->asset != BOUNDARY_NONE)
			protect(w, c->asset, via, i);
		else if (c->device[0])
			walking_note(w, NOTE_NOT_MET, via, BOUNDARY_NONE, i, BOUNDARY_NONE);
	}
	for (uint32_t i = 0; i < g->n_places && !w->no_memory; i++) {
		const struct boundary_place *place = &g->places[i];

		if (g->assets[place->asset].guard && place->subnet != BOUNDARY_NONE &&
			w->walk->subnet_member[place->subnet] != BOUNDARY_NONE)
			protect(w, place->asset, w->walk->subnet_member[place->subnet],
				BOUNDARY_NONE);
	}
	for (uint32_t i = 0; i < g->n_near && !w->no_memory; i++) {
		uint32_t member = w->walk->slot[g->near[i].asset];

		if (member < first && walking_is_walked(w, &w->set->members[member]) &&
			!g->assets[g->near[i].asset].device)
			protect(w, g->near[i].guard, member, BOUNDARY_NONE);
	}
	if (!w->no_memory)
		walking_order(w, first);
}
