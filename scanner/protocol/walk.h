/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an agent of SNMP tells a reader that its operator let in: who it is (system group, parts
 * of its chassis), its interfaces and addresses, and, unless only the first is asked, whom it
 * has on its wires: its ARP table, its forwarding table, its neighbours by LLDP and CDP.
 *
 * Where the forwarding table is told by VLAN alone, as Cisco's bridges do, it is asked for
 * once for each, as "community@10" or in the context "vlan-10": the same login, and no other.
 *
 * One agent, pure: datagrams in, datagrams out; no socket, no clock. It asks version 3's
 * discovery first (safe, and all that a user needs to know of the engine), then reads, one
 * request outstanding, with GetRequest and GetBulkRequest alone: nothing is ever set. A login
 * that the agent does not take is not tried again, and no other is.
 *
 * References: RFC 3416 (PDUs); RFC 3412, RFC 3414 (version 3, time windows); RFC 3826, RFC
 * 7860; RFC 3418, RFC 6933 (entities), RFC 2863 (interfaces), RFC 4293 (addresses, ARP), RFC
 * 4188 and RFC 4363 (bridges), IEEE 802.1AB (LLDP-MIB, LLDP-V2-MIB), CISCO-CDP-MIB,
 * CISCO-VTP-MIB.
 */
#ifndef SCANNER_PROTOCOL_WALK_H
#define SCANNER_PROTOCOL_WALK_H

#include "common/cleanup.h"
#include "common/model/login.h"
#include "scanner/protocol/neighbour.h"
#include "scanner/protocol/protocol.h"

#define WALK_DATAGRAM_MAX 1472 /* of a request and, as asked for, of an answer */
#define WALK_REPETITIONS 20    /* rows of one GetBulkRequest, at most */
#define WALK_ROWS_MAX 16384    /* of one table; then it counts as cut */
#define WALK_REQUESTS_MAX 4096 /* of one agent */
#define WALK_REQUESTS_SELF_MAX 16 /* ... about itself alone */
#define WALK_NAME_MAX 64       /* bytes of an interface's or port's name, as clean text */
#define WALK_TRIES 2           /* of one request; then the agent counts as silent */
#define WALK_SYSTEM_MAX 3072   /* bytes of what the system group says */
#define WALK_ENTITIES_MAX 48   /* rows in which a chassis is looked for */
#define WALK_VLANS_MAX 256     /* whose forwarding tables are asked for one by one */
/* Descriptions of neighbours that differ; of those behind none is told. */
#define WALK_SAID_MAX 64

struct walk;

/* How it ended, or stands. */
enum walk_state {
	WALK_ASKING,
	WALK_READ, /* all that was asked for was read */
	WALK_CUT,  /* ... but for what is behind a bound, a fault of the agent's or a silence */
	WALK_SILENT,  /* to this login nothing ever came, at most who the engine is: a community
		       * that is not known is not answered, nor what another key decrypts */
	WALK_REFUSED, /* the agent said that it does not know the user, or not by this secret */
};

/* `login` is borrowed. `everything`: also whom it has on its wires. `seed` makes ids that are
 * not predictable. After protocols_prepare(). NULL without memory, or if this machine's OpenSSL
 * has not what the login needs. */
struct walk *walk_new(const struct login *login, bool everything, uint64_t seed);
void walk_free(struct walk *walk);
CLEANUP_DEFINE(struct walk, walk_free)

/* Writes the request that is due into `out` (WALK_DATAGRAM_MAX bytes); returns its size. The
 * same until walk_hear() or walk_silence() went on. 0: it is over. */
size_t walk_next(struct walk *walk, uint8_t *out);
/* Takes a datagram from the agent. False: it is no answer to what was asked (another id, a
 * wrong signature, an older time), and the answer is waited for on. */
bool walk_hear(struct walk *walk, const uint8_t *bytes, size_t size);
/* Nothing came in time: the request is made once more, or it is over. */
void walk_silence(struct walk *walk);
enum walk_state walk_state(const struct walk *walk);
/* Something was read that the login opens. */
bool walk_has_read(const struct walk *walk);
/* Discovery is not over: it is not known which engine it is. */
bool walk_discovers(const struct walk *walk);
/* The engine that answered discovery; NULL: none did. */
const uint8_t *walk_engine(const struct walk *walk, size_t *ret_size);
/* Nobody listens there, as far as is known: no login is said to nobody. */
void walk_unreachable(struct walk *walk);
/* Whether this machine's OpenSSL has what a login is signed and encrypted with. */
bool walk_can(const struct login *login);

/* What was learnt of the agent itself: attributes, keys (engine id; serial number with its
 * maker), names, fingerprints. "snmp.access" says how it was read: "2c" or "3", "refused" or
 * "silent". */
void walk_describe(const struct walk *walk, struct reading *reading);
/* The first answer with contents, as it came but for the login: community, user's name and
 * signature are blanked, as pass phrases could be tried on it. Of what is encrypted nothing is
 * told: then, as where nothing came, it is the answer to discovery. At most `max`. */
size_t walk_raw(const struct walk *walk, uint8_t *out, size_t max);

struct walk_interface {
	uint32_t index; /* ifIndex */
	char name[WALK_NAME_MAX + 1]; /* ifName, else ifDescr */
	struct mac mac; /* zero: none */
};

/* An address of its own; none of a group, of a loopback or of a link alone. */
struct walk_address {
	uint32_t index;
	struct addr addr;
};

/* Whom it knows by address and MAC (ARP, neighbour discovery); invalid entries are left out. */
struct walk_arp {
	uint32_t index;
	struct addr addr;
	struct mac mac;
};

/* Which MAC is behind which of its ports; only learnt ones, not its own. */
struct walk_station {
	uint32_t index; /* ifIndex of the bridge port; 0: not known */
	uint32_t vlan;  /* filtering database or VLAN; 0: the table has none */
	struct mac mac;
};

/* A neighbour that announced itself on a port. */
struct walk_neighbour {
	bool cdp; /* else LLDP */
	uint32_t index; /* ifIndex of our port; 0: not known */
	char port[WALK_NAME_MAX + 1]; /* of ours, by name */
	struct mac chassis; /* zero if its id is no MAC */
	struct addr addr; /* of its management; family 0: not told */
	char name[WALK_NAME_MAX + 1], peer_port[WALK_NAME_MAX + 1];
	uint16_t said; /* what it says of itself: a number in `said`, from 1; 0: nothing */
};

/* What neighbours say of themselves: LLDP's description of the system, or CDP's software and
 * platform. */
struct walk_said {
	char description[NEIGHBOUR_DESCRIPTION_MAX + 1], platform[WALK_NAME_MAX + 1];
};

/* A port that is one of several which are used as one (IEEE 802.1AX). */
struct walk_member {
	uint32_t index, aggregate; /* ifIndex, of the port and of what it is part of */
};

struct walk_tables {
	bool fdb_whole, lldp_whole,
		cdp_whole; /* of stations, of neighbours: nothing is missing */
	const struct walk_interface *interfaces;
	const struct walk_address *addresses;
	const struct walk_arp *arps;
	const struct walk_station *stations;
	const struct walk_neighbour *neighbours;
	const struct walk_member *members;
	size_t n_interfaces, n_addresses, n_arps, n_stations, n_neighbours, n_members;
	const struct walk_said *said;
	size_t n_said;
};

/* Valid until walk_free(). */
struct walk_tables walk_tables(const struct walk *walk);

#endif
