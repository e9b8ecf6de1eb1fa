/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The estate: a snapshot of the inventory as the mapper draws it. Filled by the inventory in
 * one arena, ordered by stable id; references between records are indexes into the arrays,
 * ESTATE_NONE for "none". All text is clean (common/text.h); the inventory leaves none NULL.
 */
#ifndef COMMON_MODEL_ESTATE_H
#define COMMON_MODEL_ESTATE_H

#include "common/addr.h"
#include "common/arena.h"

#include <stdint.h>

#define ESTATE_NONE UINT32_MAX

/* What an asset is, for its symbol on the map: roles that say more have the symbol of their
 * kind. */
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

/* Against the other day that was asked about; CHANGE_NONE throughout if none was. */
enum estate_change {
	CHANGE_NONE,
	CHANGE_NEW,
	CHANGE_GONE,    /* was there on the other day alone, and stands where it stood */
	CHANGE_CHANGED,
	CHANGE_N
};

/* What an estate no longer tells; mapper/redact.h says what each level hides. */
enum estate_redaction {
	REDACTION_NONE,
	REDACTION_INTERNAL, /* addresses are their /24 or /64 */
	REDACTION_PARTNER,  /* addresses are of no meaning, from here on */
	REDACTION_PUBLIC,
	REDACTION_N
};

/* Texts of new records may be left NULL by tests; readers use estate_text(). */
struct estate_organisation {
	const char *id, *name, *sector;
	const char *division; /* administrative division code (GB/T 2260), or "" */
};

struct estate_system {
	const char *id;   /* from the register */
	const char *name, *organisation, *sector, *business; /* business: the key one, or "" */
	uint8_t tier;     /* 1..5, 0 not determined */
	uint8_t designated; /* on the CII list */
	const char *designation_no, *designation_pack;
	uint8_t external; /* of somebody else: named for its dependencies, without assets */
	uint8_t change;   /* enum estate_change */
	const char *division; /* of its organisation */
	const char *manages, *operates; /* names of those who do; "" if not stated */
	uint32_t maximum, decided; /* assets of its newest boundaries; 0: there is none */
};

/* A function of an organisation; a key one is one whose loss harms the sector. */
struct estate_business {
	const char *id, *name, *organisation, *sector;
	uint8_t key;
};

/* The system carries the business. */
struct estate_support {
	uint32_t system, business;
	const char *strength; /* as the register says */
};

struct estate_dependency {
	uint32_t from, on; /* systems */
	const char *strength;
};

/* What a supplier does for a system; remote: has a way in for maintenance. */
struct estate_supply {
	uint32_t system;
	const char *supplier, *service, *path;
	uint8_t remote;
};

/* A circuit to the Internet. */
struct estate_exit {
	const char *id, *name, *carrier;
	uint32_t asset;  /* the device it ends at, ESTATE_NONE if not among the assets */
	/* Those it serves, by id, joined by "; ", and their names, which several may share. */
	const char *system_ids, *systems;
};

struct estate_zone {
	const char *id, *name;
	uint32_t parent;
	const char *purdue; /* "0" to "5", "3.5", or "" */
	const char *protects; /* part in "one centre, three protects", or "" */
	uint8_t sl_t;   /* IEC 62443 target level, 0 not stated */
};

struct estate_conduit {
	const char *id, *name;
	uint32_t from, to; /* zones; a conduit of more than two has a record for each pair */
	const char *device, *protocols;
};

struct estate_subnet {
	struct cidr cidr;
	const char *name, *zone;
};

/* What the ledger of exposures says about a service. */
enum estate_ledger { LEDGER_NONE, LEDGER_JUSTIFIED, LEDGER_EXPIRED };

struct estate_service {
	uint32_t asset;
	struct addr addr;
	uint8_t transport; /* IP protocol number */
	uint16_t port;
	const char *protocol, *product, *version;
	uint8_t exposed;   /* seen from the Internet vantage */
	uint8_t justified; /* of an exposed one: enum estate_ledger */
	uint8_t change;
	const char *kind;  /* of an exposed one: "administration", "web", ... */
};

/* Of the boundaries of systems that carry a key business or are on the CII list. */
enum estate_boundary { ESTATE_IN_MAXIMUM = 1, ESTATE_IN_DECIDED = 2 };

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
	uint8_t change;    /* enum estate_change */
	uint32_t n_findings; /* open points of review about it */
	int64_t seen_us;   /* when it was last met; 0 unknown */
	const char *responsible; /* who operates it, else who manages it; "" if not stated */
	uint8_t boundary; /* bits of enum estate_boundary: whether it is within one of such */
	uint32_t before; /* of one that changed: into befores, plus 1; 0: nothing is told */
};

/* What of an asset is otherwise than on the other day, beside its services, which say so
 * themselves. */
enum estate_aspect {
	ASPECT_SYSTEM = 1,
	ASPECT_NAME = 2,
	ASPECT_ROLE = 4,
	ASPECT_VENDOR = 8,
	ASPECT_MODEL = 16,
	ASPECT_OS = 32,
};

/* An asset that changed, as it was. */
struct estate_before {
	uint8_t aspects; /* bits of enum estate_aspect */
	enum asset_role role;
	const char *name, *vendor, *model, *os; /* "": not known then, or hidden */
	const char *system_id, *system; /* both "": of none */
	uint32_t first_address, n_came,
		n_gone; /* into moved: those that came, then those gone */
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
	uint8_t change; /* enum estate_change */
};

struct estate {
	struct arena *arena; /* owns all memory of the snapshot */
	const char *realm;
	int64_t as_of_us;    /* wall time the snapshot is true for */
	uint64_t run_id;     /* newest run in it, 0 none */
	int64_t other_us;    /* the day that changes are told against, 0 none */
	enum estate_redaction
		redaction; /* every sheet says so; texts of addresses depend on it */
	struct estate_system *systems;
	struct estate_subnet *subnets;
	struct estate_asset *assets;
	struct estate_address *addresses;
	struct estate_service *services;
	struct estate_link *links;
	struct estate_organisation *organisations;
	struct estate_business *businesses;
	struct estate_support *supports;
	struct estate_dependency *dependencies;
	struct estate_supply *supplies;
	struct estate_exit *exits;
	struct estate_zone *zones;
	struct estate_conduit *conduits;
	struct estate_before *befores;
	struct addr *
		moved; /* addresses that came or are gone; NULL: they are counted, and hidden */
	uint32_t n_systems, n_subnets, n_assets, n_addresses, n_services, n_links;
	uint32_t n_organisations, n_businesses, n_supports, n_dependencies, n_supplies, n_exits,
		n_zones, n_conduits, n_befores;
};

static inline const char *estate_text(const char *text)
{
	return text ? text : "";
}

/* An address or prefix as the estate may tell it: "198.18.20.7", of a redacted one
 * "198.18.20.x" or "". `out` has ADDR_TEXT_MAX or CIDR_TEXT_MAX bytes and is returned. The only
 * way to show one. */
const char *estate_addr_text(const struct estate *estate, const struct addr *addr, char *out);
const char *estate_cidr_text(const struct estate *estate, const struct cidr *cidr, char *out);

const char *asset_role_name(enum asset_role role);
/* Of a role that says more ("plc") its kind; ASSET_ROLE_UNKNOWN if it is not a name. */
enum asset_role asset_role_parse(const char *name);
const char *link_layer_name(enum link_layer layer);
/* For qsort(): the same links stand in the same order, however they came. */
int estate_link_order(const void *a, const void *b);
const char *evidence_grade_name(enum evidence_grade grade);

#endif
