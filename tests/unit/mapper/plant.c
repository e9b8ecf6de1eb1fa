/* SPDX-License-Identifier: Apache-2.0 */
/* Registers zones and conduits for the lab; see plant.h. */
#include "tests/unit/mapper/plant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct estate_zone zones[] = {
	{.id = "z-ent", .name = "Enterprise", .parent = ESTATE_NONE, .purdue = "5", .sl_t = 1},
	{.id = "z-off", .name = "Office", .parent = ESTATE_NONE, .purdue = "4", .sl_t = 1},
	{.id = "z-dmz",
		.name = "Industrial DMZ",
		.parent = ESTATE_NONE,
		.purdue = "3.5",
		.sl_t = 2},
	{.id = "z-ops", .name = "Operations", .parent = ESTATE_NONE, .purdue = "3", .sl_t = 2},
	{.id = "z-ctl", .name = "Control", .parent = ESTATE_NONE, .purdue = "2", .sl_t = 3},
	{.id = "z-sub", .name = "Substations", .parent = ESTATE_NONE, .purdue = "1", .sl_t = 3},
};

static const struct estate_conduit conduits[] = {
	{.id = "c1",
		.name = "office to operations",
		.from = 1,
		.to = 3,
		.device = "core",
		.protocols = "https"},
	{.id = "c2",
		.name = "telecontrol",
		.from = 4,
		.to = 5,
		.device = "",
		.protocols = "iec104"},
	{.id = "c3", .name = "nowhere", .from = 4, .to = 4, .device = "", .protocols = ""},
};

static const struct {
	const char *network, *zone;
} places[] = {{"dmz", "z-dmz"}, {"transit", "z-ent"}, {"office", "Office"}, {"wan", "z-ops"},
	{"management", "z-ops"}, {"dispatch", "Z-CTL"}, {"substation-a", "z-sub"},
	{"substation-b", "z-sub"}};

struct estate *plant_estate(struct arena *arena)
{
	struct estate *e = sample_estate(arena, SAMPLE_LAB);

	e->zones = arena_copy(arena, zones, sizeof(zones));
	e->conduits = arena_copy(arena, conduits, sizeof(conduits));
	if (!e->zones || !e->conduits) {
		fputs("plant: no memory\n", stderr);
		exit(1);
	}
	e->n_zones = sizeof(zones) / sizeof(zones[0]);
	e->n_conduits = sizeof(conduits) / sizeof(conduits[0]);
	for (uint32_t s = 0; s < e->n_subnets; s++)
		for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
			if (strcmp(e->subnets[s].name, places[i].network) == 0)
				e->subnets[s].zone = places[i].zone;
	return e;
}
