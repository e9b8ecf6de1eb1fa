/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NetBIOS names over UDP: registrations and node status answers (RFC 1001 section 14, RFC 1002
 * sections 4.2.2 and 4.2.18). The messages have the form of DNS and are walked by dns.h; this
 * reads what stands in their names and data. Pure.
 */
#ifndef SCANNER_WIRE_NBNS_H
#define SCANNER_WIRE_NBNS_H

#include "common/addr.h"
#include "scanner/wire/dns.h"

#include <stdbool.h>

enum { NBNS_PORT = 137 };

#define NBNS_NAME_MAX 15
#define NBNS_NAMES_MAX 32 /* kept of one answer; RFC 1002 allows 255 */

enum nbns_suffix { NBNS_WORKSTATION = 0x00, NBNS_MESSENGER = 0x03, NBNS_SERVER = 0x20 };
enum nbns_opcode { NBNS_QUERY = 0, NBNS_REGISTRATION = 5, NBNS_REFRESH = 8 };

struct nbns_name {
	char text[NBNS_NAME_MAX + 1]; /* without the padding; any byte but NUL; not clean */
	uint8_t suffix;               /* what the name is for */
	bool group;                   /* of a workgroup or domain, not of this node */
};

struct nbns_status {
	struct nbns_name names[NBNS_NAMES_MAX];
	uint8_t n_names, n_stated;
	struct mac mac; /* of the adapter, as the node says; zero from Samba */
};

/* The name behind its first-level encoding (half-bytes as letters A to P). */
bool nbns_decode_name(const struct dns_name *name, struct nbns_name *ret_name);
/* The data of a NBSTAT record. */
bool nbns_status_read(const struct view *data, struct nbns_status *ret_status);
/* The data of a NB record: the first address, and whether the name is a group's. */
bool nbns_address_read(const struct view *data, struct addr *ret_addr, bool *ret_group);

#endif
