/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probes: a template with the fields of one target patched in, checksums last. Pure. The target
 * of a finished frame can be read back from its bytes, which is what the scope check does.
 */
#ifndef SCANNER_CAMPAIGN_PROBE_H
#define SCANNER_CAMPAIGN_PROBE_H

#include "scanner/campaign/reach.h"

struct probe {
	enum template_kind kind;
	const struct path *path;
	struct addr source, target;
	struct mac mac;	 /* of the next hop; ignored where frames begin with IP */
	uint16_t port;	 /* of the target; TEMPLATE_BARE: the IP protocol */
	uint16_t from;	 /* TEMPLATE_UDP: our port */
	uint32_t cookie; /* sequence number; tag of an INIT; or ICMP identifier and sequence */
	uint8_t ttl;	 /* 0: the usual */
	const uint8_t *data; /* TEMPLATE_UDP: borrowed, at most LINK_DATA_MAX */
	size_t size;
};

/* What identifies a probe beside its fields, so that an error that quotes no more than its IP
 * header tells it: IPv4 identification, and low bits of the IPv6 flow label where the way that
 * packets go is not what is measured. */
uint16_t probe_id(uint32_t cookie);

/* The source of an MLD query. Routers that hear one from a lower address than their own stop to
 * ask (RFC 3810 7.6.2), and who forwards by what listeners say may then forget them: so it has
 * the highest address there is on a link, which loses against every router's, and nobody's. */
extern const struct addr probe_listeners_source;
extern const struct addr probe_all_nodes; /* ff02::1, and its MAC */
extern const struct mac probe_all_nodes_mac;

/* False if the path has no such template or the data is too long. */
bool probe_build(const struct probe *probe, struct link_frame *ret_frame);

/* PROFINET's question to all stations of a link who they are (DCP Identify). Each chooses one
 * of so many moments, ten milliseconds apart, to answer. */
#define PROBE_STATIONS_MOMENTS 400
void probe_stations(const struct mac *source, uint8_t interface, uint32_t xid,
	struct link_frame *ret_frame);

enum probe_audience {
	PROBE_NOBODY,	    /* it is no probe */
	PROBE_HOST,	    /* its IP destination */
	PROBE_SOLICITATION, /* the target of an ARP request or neighbour solicitation */
	PROBE_LINK,	    /* all of a link, by an MLD general query or an echo to ff02::1 */
	PROBE_STATIONS,	    /* all stations of PROFINET on a link, by that question */
};

/* Whom a finished frame asks, read from its bytes; the address is ff02::1 for PROBE_LINK and
 * PROBE_STATIONS, of no family for PROBE_NOBODY. To other multicast addresses, or in another
 * form, there are no probes. */
enum probe_audience probe_audience(
	const struct link_frame *frame, enum link_mode mode, struct addr *ret_target);

#endif
