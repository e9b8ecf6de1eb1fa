/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The estate as the sheets see it: networks (an IPv4 subnet with the IPv6 subnets of the same
 * segment), the assets in each in order of address, the routers that join networks, and the
 * edges between these, counted. Derived once per map and read by every sheet; the order of
 * everything follows from addresses and indexes of the estate, never from the order of links.
 */
#ifndef MAPPER_SHEET_MODEL_H
#define MAPPER_SHEET_MODEL_H

#include "common/error.h"
#include "common/model/estate.h"

#include <stdbool.h>

#define MODEL_NONE UINT32_MAX

struct change_counts {
	uint32_t n[CHANGE_N]; /* by enum estate_change */
};

static inline void change_count(struct change_counts *counts, uint8_t change)
{
	if (change < CHANGE_N)
		counts->n[change]++;
}

static inline void changes_add(struct change_counts *counts, const struct change_counts *more)
{
	for (int i = 0; i < CHANGE_N; i++)
		counts->n[i] += more->n[i];
}

struct model_network {
	const char *name;     /* given, or the prefix */
	const char *prefixes; /* what the name does not say already, or "" */
	struct cidr cidr;     /* family 0: assets whose network is not known */
	bool internet;	      /* declared as the Internet's side */
	const char *zone;     /* as its subnets name it, or "" */
	uint32_t system;      /* of most of its assets that have one, MODEL_NONE if none */
	uint32_t first_place, n_places; /* assets drawn inside */
	uint32_t n_cii, n_exposed, n_findings; /* of those */
	struct change_counts changes;
};

/* An asset in a network, at its lowest address there. */
struct model_place {
	uint32_t network, asset;
	struct addr addr; /* family 0: it has none there */
};

/* Between super nodes: networks are 0..n_networks-1, the joints follow. */
struct model_edge {
	uint32_t a, b; /* a < b */
	enum link_layer layer;
	enum evidence_grade grade;
	uint32_t count;
	bool gone;    /* nothing of it is left since the other day */
	uint32_t tie; /* the asset drawn in both networks, MODEL_NONE for a link */
};

struct model {
	const struct estate *estate;
	struct arena *arena;   /* of a page, while one of an atlas is drawn */
	struct arena *lasting; /* of what is derived on first use */
	/* Where the names of all named assets end, without a dot before it: it is left out of
	 * each and told once. "" if they do not end alike, and then names are whole. */
	const char *domain;
	const char **names; /* by asset, as far as they were asked for; NULL without domain */
	struct model_network *networks;
	uint32_t n_networks;
	struct model_place *places; /* by network, then address */
	uint32_t n_places;
	uint32_t *joints; /* assets that join networks, drawn between them */
	uint32_t n_joints;
	uint32_t *joint_of; /* per asset: index into joints, or MODEL_NONE */
	uint32_t *network_of_subnet;
	struct model_edge *edges;
	uint32_t n_edges;
	uint32_t n_inner_links; /* inside one network: counted, not drawn */
	uint32_t n_cii_systems, n_cii_assets, n_exposed_assets, n_exposed_services;
	uint32_t n_findings, n_found_assets;
	uint32_t n_known_networks;
	struct overlay *overlay; /* overlay.c's */
	bool chinese; /* words are Chinese alone; set by whoever made the model */
	/* What is there now: without what is gone, and systems without those of others. */
	uint32_t n_assets, n_services, n_systems;
	struct change_counts changes; /* of the assets */
};

/* In the arena. ERROR_SYSTEM without memory. */
int model_make(const struct estate *estate, struct arena *arena, struct model **ret_model,
	struct error *reterr);

/* Neither of an asset that is gone. */
bool model_is_cii(const struct estate *estate, const struct estate_asset *asset);
uint8_t model_tier(const struct estate *estate, const struct estate_asset *asset);
/* The network of the asset's lowest address; the unknown one, if there is such, without. */
uint32_t model_home(const struct model *model, uint32_t asset);
/* The lowest, family 0 if it has none. */
struct addr model_address(const struct model *model, uint32_t asset);
/* As it is drawn, without the domain. */
const char *model_asset_name(const struct model *model, uint32_t asset);
/* "Distribution dispatch SCADA", or the id if it has no name. */
const char *model_system_name(const struct estate_system *system);

#endif
