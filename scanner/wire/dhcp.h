/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DHCP for IPv4: what a client says of itself, and what a server grants (RFC 2131, options of
 * RFC 2132, RFC 3046, RFC 4702). A pure reader: views point into the caller's bytes and are not
 * clean.
 */
#ifndef SCANNER_WIRE_DHCP_H
#define SCANNER_WIRE_DHCP_H

#include "common/addr.h"
#include "scanner/wire/tlv.h"

#include <stdbool.h>

enum { DHCP_SERVER_PORT = 67, DHCP_CLIENT_PORT = 68 };

enum dhcp_type {
	DHCP_BOOTP = 0, /* no message type: plain BOOTP */
	DHCP_DISCOVER = 1,
	DHCP_OFFER = 2,
	DHCP_REQUEST = 3,
	DHCP_DECLINE = 4,
	DHCP_ACK = 5,
	DHCP_NAK = 6,
	DHCP_RELEASE = 7,
	DHCP_INFORM = 8,
};

struct dhcp {
	bool reply; /* from the server's side */
	enum dhcp_type type;
	uint32_t xid;
	struct addr client, yours, server, relay; /* family 0 where 0.0.0.0 stands */
	struct mac mac; /* of the client; zero if its hardware is not Ethernet's */
	/* options; addresses of family 0, views of size 0 if absent */
	struct addr netmask, router, requested, server_id;
	uint32_t lease; /* seconds */
	struct view host_name, domain, vendor_class, client_id, parameters, fqdn;
	struct tlv_tally tally;
};

/* A datagram between ports 67 and 68. False if it is no DHCP or BOOTP message. */
bool dhcp_read(const uint8_t *bytes, size_t size, struct dhcp *ret_dhcp);

#endif
