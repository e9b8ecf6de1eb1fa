/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The estate: a snapshot of the inventory as the mapper draws it. Filled by the inventory in
 * one arena, ordered by stable id; references between records are indexes into the arrays,
 * ESTATE_NONE for "none". All text is clean (common/text.h) and never NULL ("" if unknown).
 */
#ifndef COMMON_MODEL_ESTATE_H
#define COMMON_MODEL_ESTATE_H

#include "common/addr.h"
#include "common/arena.h"

#include <stdint.h>

#define ESTATE_NONE UINT32_MAX

/* What an asset is, for its symbol on the map: roles that say more have the symbol of their kind. */
enum asset_role {
	ASSET_ROLE_UNKNOWN,
	ASSET_ROLE_HOST,       /* server or workstation, not told apart */
	ASSET_ROLE_SERVER,
	ASSET_ROLE_TERMINAL,
	ASSET_ROLE_ROUTER,
	ASSET_ROLE_SWITCH,
	ASSET_ROLE_FIREWALL,
	ASSET_ROLE_DATABASE,
	ASSET_ROLE_CONTROLLER, /* PLC, RTU, IED */
	ASSET_ROLE_PRINTER,
	ASSET_ROLE_CAMERA,
	ASSET_ROLE_N
};

enum link_layer { LINK_L2, LINK_L3, LINK_FLOW, LINK_DEPENDENCY, LINK_LAYER_N };
enum evidence_grade { GRADE_MEASURED, GRADE_CLAIMED, GRADE_ATTESTED, GRADE_DERIVED, GRADE_N };

struct estate_system {
	const char *id;   /* from the register */
	const char *name, *organisation, *sector, *business; /* business: the key one, or "" */
	uint8_t tier;     /* 1..5, 0 not determined */
	uint8_t designated; /* on the CII list */
	const char *designation_no, *designation_pack;
};

struct estate_subnet {
	struct cidr cidr;
	const char *name, *zone;
};

struct estate_service {
	uint32_t asset;
	struct addr addr;
	uint8_t transport; /* IP protocol number */
	uint16_t port;
	const char *protocol, *product, *version;
	uint8_t exposed;   /* seen from the Internet vantage */
};

struct estate_asset {
	uint64_t id;
	const char *name;  /* best name, or its first address, or its MAC */
	enum asset_role role;
	const char *vendor, *model, *os;
	uint32_t system;
	uint32_t first_address, n_addresses; /* into addresses */
	struct mac mac;    /* of one without addresses; all zero if that is not known either */
	uint32_t first_service, n_services;  /* into services */
	uint8_t exposed;   /* has an exposed service */
};

struct estate_address {
	uint32_t asset;
	uint32_t subnet;
	struct addr addr;
	struct mac mac;
};

/* Between two assets; subnet membership is not a link. */
struct estate_link {
	uint32_t from, to;
	enum link_layer layer;
	enum evidence_grade grade;
};

struct estate {
	struct arena *arena; /* owns all memory of the snapshot */
	const char *realm;
	int64_t as_of_us;    /* wall time the snapshot is true for */
	uint64_t run_id;     /* newest run in it, 0 none */
	struct estate_system *systems;
	struct estate_subnet *subnets;
	struct estate_asset *assets;
	struct estate_address *addresses;
	struct estate_service *services;
	struct estate_link *links;
	uint32_t n_systems, n_subnets, n_assets, n_addresses, n_services, n_links;
};

const char *asset_role_name(enum asset_role role);
/* Of a role that says more ("plc") its kind; ASSET_ROLE_UNKNOWN if it is not a name. */
enum asset_role asset_role_parse(const char *name);
const char *link_layer_name(enum link_layer layer);
const char *evidence_grade_name(enum evidence_grade grade);

#endif
