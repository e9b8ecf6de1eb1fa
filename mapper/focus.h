/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies around one thing: an estate made of another, with an asset, a system or a network
 * and everything within some hops of it. A hop is a link, or a network that two assets share.
 * Pure: every sheet draws the result as it draws any estate. What lies one hop beyond is
 * counted in the names of what stands at the edge ("router-b (+12)"); of a network only
 * so many assets are taken that it can be read, and the others are counted in its name alike.
 */
#ifndef MAPPER_FOCUS_H
#define MAPPER_FOCUS_H

#include "common/error.h"
#include "common/model/estate.h"

#define FOCUS_HOPS_MAX 16
#define FOCUS_NETWORK_MAX 48   /* assets of one network, and ends of links of one asset */
#define FOCUS_ASSETS_MAX 5000u /* in all; beyond, the farthest are counted and not taken */

struct focus {
	struct estate estate;
	const char *name;  /* of what was found */
	uint32_t system;   /* in the result, that it is or stands in; ESTATE_NONE */
	uint32_t n_found;  /* assets that are it */
	uint32_t n_folded; /* within the hops, counted and not taken */
	uint32_t n_beyond; /* assets farther away, or not joined at all */
	uint32_t n_links;  /* that lead out of what is drawn */
};

/* `what`: number, name or address of an asset, id or name of a system, prefix or name of a
 * network; upper and lower case are alike. The estate given stays as it is; the result is of
 * the arena and refers to it. ERROR_INPUT if nothing or several things are called so: the text
 * names candidates; ERROR_USAGE for hops that are not 1 to FOCUS_HOPS_MAX. */
int focus_make(const struct estate *estate, const char *what, unsigned int hops,
	struct arena *arena, struct focus **ret_focus, struct error *reterr);

#endif
