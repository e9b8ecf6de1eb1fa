/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network addresses: IPv4 and IPv6 (RFC 4291, text RFC 5952), prefixes (RFC 4632) and MAC
 * addresses. Values only; bytes are in network order, as they stand on the wire.
 */
#ifndef COMMON_ADDR_H
#define COMMON_ADDR_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct addr {
	uint8_t family; /* 0 none, 4 or 6 */
	uint8_t bytes[16]; /* the first 4 for IPv4, the rest zero */
};

struct cidr {
	struct addr base; /* host bits are zero */
	uint8_t length;   /* prefix length in bits */
};

struct mac {
	uint8_t bytes[6];
};

#define ADDR_TEXT_MAX 46 /* with NUL; cidr and mac need at most CIDR_TEXT_MAX */
#define CIDR_TEXT_MAX 50
#define MAC_TEXT_MAX 18

/* Parse text exactly; anything left over is an error (ERROR_USAGE, quoting the text and
 * saying what form is expected). `cidr` accepts a bare address as /32 or /128 and refuses host
 * bits that are set, naming the prefix that was probably meant. */
int addr_parse(const char *text, struct addr *ret_addr, struct error *reterr);
int cidr_parse(const char *text, struct cidr *ret_cidr, struct error *reterr);
int mac_parse(const char *text, struct mac *ret_mac, struct error *reterr);

/* Format into `out` (ADDR_TEXT_MAX / CIDR_TEXT_MAX / MAC_TEXT_MAX bytes) and return it. */
const char *addr_format(const struct addr *addr, char *out);
const char *cidr_format(const struct cidr *cidr, char *out);
const char *mac_format(const struct mac *mac, char *out);

struct addr addr_v4(uint32_t host_order);
uint32_t addr_to_v4(const struct addr *addr); /* host order; 0 if not IPv4 */
struct addr addr_from_bytes(uint8_t family, const uint8_t *bytes);

/* Total order: family, then bytes. */
int addr_compare(const struct addr *a, const struct addr *b);
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_is_loopback(const struct addr *addr);
bool addr_is_multicast(const struct addr *addr); /* IPv4 limited broadcast too */
bool addr_is_link_local(const struct addr *addr);
/* Private, shared, loopback, link-local, documentation, benchmark (RFC 6890): not routed in
 * the Internet. */
bool addr_is_special(const struct addr *addr);

bool cidr_contains(const struct cidr *cidr, const struct addr *addr);
bool cidr_covers(const struct cidr *outer, const struct cidr *inner);
int cidr_compare(const struct cidr *a, const struct cidr *b);
struct cidr cidr_of(const struct addr *addr, uint8_t length); /* clears the host bits */

/* Socket addresses, both ways. Returns the length, or 0 for an unknown family. */
socklen_t addr_to_sockaddr(
	const struct addr *addr, uint16_t port, struct sockaddr_storage *ret);
bool addr_from_sockaddr(const struct sockaddr *sa, struct addr *ret_addr, uint16_t *ret_port);

bool mac_is_zero(const struct mac *mac);
bool mac_is_multicast(const struct mac *mac);
bool mac_is_local(const struct mac *mac); /* locally administered bit (IEEE 802-2014 8.2) */

#endif
