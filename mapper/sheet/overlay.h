/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies over the map: which facts are switched off, who is responsible for what, how old
 * evidence is, and which zone a network is in. The marks themselves are marks.c's.
 */
#ifndef MAPPER_SHEET_OVERLAY_H
#define MAPPER_SHEET_OVERLAY_H

#include "mapper/mapper.h"
#include "mapper/sheet/model.h"

/* How long before the day of the map an asset was last met. */
enum overlay_age { AGE_DAY, AGE_WEEK, AGE_MONTH, AGE_OLDER, AGE_NEVER, AGE_N };

/* Derived on first use, and once per map. */
struct overlay {
	const char **owners; /* organisations that answer for something, by name */
	uint32_t n_owners;
	uint32_t *owner_of_asset, *owner_of_system; /* MODEL_NONE: not stated */
	uint32_t *zone_of_network; /* into estate.zones; MODEL_NONE: none registered */
};

static inline bool overlay_on(unsigned int overlays, enum map_overlay bit)
{
	return ((overlays ? overlays : (unsigned int)MAP_OVERLAYS_DEFAULT) & bit) != 0;
}

/* The estate without the facts of designation, tier and exposure that are switched off, so that
 * no sheet, legend, count or tooltip has them; the same estate if none is. ERROR_SYSTEM. */
int overlay_estate(const struct estate *estate, unsigned int overlays, struct arena *arena,
	const struct estate **ret_estate, struct error *reterr);

/* NULL without memory. */
const struct overlay *overlay_of(const struct model *model);
/* Who operates it, else who manages it; else who answers for its system. */
uint32_t overlay_owner(const struct model *model, uint32_t asset);
uint32_t overlay_system_owner(const struct model *model, uint32_t system);
/* One that all the network's assets have, MODEL_NONE if there is none such. */
uint32_t overlay_network_owner(const struct model *model, uint32_t network);
/* "A" to "Z", "AA"...; `out` has OVERLAY_CODE_MAX bytes. */
#define OVERLAY_CODE_MAX 8
const char *overlay_code(uint32_t owner, char *out);
enum overlay_age overlay_age(const struct estate *estate, const struct estate_asset *asset);
/* "control"; "" where there is no zone. */
const char *overlay_zone_name(const struct model *model, uint32_t network);
/* The part in "one centre, three protects" (GB/T 22239), as a sheet's language calls it. */
const char *overlay_protection(const struct estate_zone *zone, bool chinese);
/* "control, Purdue 2, SL-T 3, area boundary": of the zone that is registered, else its name as
 * the subnet has it; "" without. */
const char *overlay_zone_text(
	const struct model *model, uint32_t network, enum map_language language);

#endif
