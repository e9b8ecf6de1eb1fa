/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, prefixes and MACs; see addr.h. */
#include "common/addr.h"

#include <arpa/inet.h>
#include <endian.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t family_bytes(uint8_t family)
{
	return family == 4 ? 4 : family == 6 ? 16 : 0;
}

int addr_parse(const char *text, struct addr *ret_addr, struct error *reterr)
{
	struct addr addr = {0};

	if (inet_pton(AF_INET, text, addr.bytes) == 1)
		addr.family = 4;
	else if (inet_pton(AF_INET6, text, addr.bytes) == 1)
		addr.family = 6;
	else
		return error_set(reterr, ERROR_USAGE,
			"\"%.64s\" is not an IP address; write it as 198.18.0.1 or 2001:db8::1",
			text);

	*ret_addr = addr;
	return 0;
}

struct cidr cidr_of(const struct addr *addr, uint8_t length)
{
	struct cidr cidr = {*addr, length};
	size_t n = family_bytes(addr->family);

	for (size_t i = 0; i < n; i++) {
		int keep = (int)length - (int)(8 * i);

		if (keep <= 0)
			cidr.base.bytes[i] = 0;
		else if (keep < 8)
			cidr.base.bytes[i] &= (uint8_t)(0xff << (8 - keep));
	}
	return cidr;
}

int cidr_parse(const char *text, struct cidr *ret_cidr, struct error *reterr)
{
	const char *slash = strchr(text, '/');
	char head[ADDR_TEXT_MAX], meant[CIDR_TEXT_MAX];
	struct addr addr;
	struct cidr cidr;
	unsigned long length;
	char *end;
	int r;

	if (!slash) {
		r = addr_parse(text, &addr, reterr);
		if (r < 0)
			return r;
		*ret_cidr = (struct cidr){addr, addr.family == 4 ? 32 : 128};
		return 0;
	}

	if ((size_t)(slash - text) >= sizeof(head))
		return error_set(reterr, ERROR_USAGE, "\"%.64s\" is not a prefix", text);
	memcpy(head, text, (size_t)(slash - text));
	head[slash - text] = '\0';
	r = addr_parse(head, &addr, reterr);
	if (r < 0)
		return error_wrap(reterr, r, "\"%.64s\" is not a prefix", text);

	length = strtoul(slash + 1, &end, 10);
	if (slash[1] < '0' || slash[1] > '9' || *end || length > 8 * family_bytes(addr.family))
		return error_set(reterr, ERROR_USAGE,
			"\"%.64s\" is not a prefix: the length must be 0 to %zu", text,
			8 * family_bytes(addr.family));

	cidr = cidr_of(&addr, (uint8_t)length);
	if (!addr_equal(&cidr.base, &addr))
		return error_set(reterr, ERROR_USAGE,
			"\"%.64s\" has host bits set; write %s, or the address alone", text,
			cidr_format(&cidr, meant));
	*ret_cidr = cidr;
	return 0;
}

int mac_parse(const char *text, struct mac *ret_mac, struct error *reterr)
{
	unsigned int b[6];
	int used = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5],
		    &used) != 6 ||
		text[used] || used != MAC_TEXT_MAX - 1)
		return error_set(reterr, ERROR_USAGE,
			"\"%.64s\" is not a MAC address; write it as 02:00:5e:10:00:01", text);
	for (size_t i = 0; i < 6; i++)
		ret_mac->bytes[i] = (uint8_t)b[i];
	return 0;
}

/* Much faster than inet_ntop(3), which prints it; there may be millions. */
static const char *format4(const uint8_t bytes[4], char *out)
{
	char *p = out;

	for (int i = 0; i < 4; i++) {
		uint8_t byte = bytes[i];

		if (i)
			*p++ = '.';
		if (byte >= 100)
			*p++ = (char)('0' + byte / 100);
		if (byte >= 10)
			*p++ = (char)('0' + byte / 10 % 10);
		*p++ = (char)('0' + byte % 10);
	}
	*p = 0;
	return out;
}

const char *addr_format(const struct addr *addr, char *out)
{
	if (addr->family == 4)
		return format4(addr->bytes, out);
	if (!addr->family || !inet_ntop(AF_INET6, addr->bytes, out, ADDR_TEXT_MAX))
		snprintf(out, ADDR_TEXT_MAX, "-");
	return out;
}

const char *cidr_format(const struct cidr *cidr, char *out)
{
	char text[ADDR_TEXT_MAX];

	snprintf(out, CIDR_TEXT_MAX, "%s/%u", addr_format(&cidr->base, text), cidr->length);
	return out;
}

const char *mac_format(const struct mac *mac, char *out)
{
	const uint8_t *b = mac->bytes;

	snprintf(out, MAC_TEXT_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3],
		b[4], b[5]);
	return out;
}

struct addr addr_v4(uint32_t v)
{
	return (struct addr){
		4, {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v}};
}

uint32_t addr_to_v4(const struct addr *addr)
{
	const uint8_t *b = addr->bytes;

	if (addr->family != 4)
		return 0;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

struct addr addr_from_bytes(uint8_t family, const uint8_t *bytes)
{
	struct addr addr = {.family = family};

	memcpy(addr.bytes, bytes, family_bytes(family));
	return addr;
}

int addr_compare(const struct addr *a, const struct addr *b)
{
	uint32_t v, w;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->family == 4) { /* the rest is zero; very many are compared */
		memcpy(&v, a->bytes, sizeof(v));
		memcpy(&w, b->bytes, sizeof(w));
		v = be32toh(v);
		w = be32toh(w);
		return v < w ? -1 : v > w;
	}
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_compare(a, b) == 0;
}

bool addr_is_loopback(const struct addr *addr)
{
	static const uint8_t one[16] = {[15] = 1};

	if (addr->family == 4)
		return addr->bytes[0] == 127;
	return addr->family == 6 && memcmp(addr->bytes, one, 16) == 0;
}

bool addr_is_multicast(const struct addr *addr)
{
	if (addr->family == 4)
		return addr->bytes[0] >> 4 == 14 || addr_to_v4(addr) == 0xffffffff;
	return addr->family == 6 && addr->bytes[0] == 0xff;
}

bool addr_is_link_local(const struct addr *addr)
{
	if (addr->family == 4)
		return addr->bytes[0] == 169 && addr->bytes[1] == 254;
	return addr->family == 6 && addr->bytes[0] == 0xfe && (addr->bytes[1] & 0xc0) == 0x80;
}

bool addr_is_special(const struct addr *addr)
{
	static const char *const blocks[] = {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10",
		"127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
		"192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "::/127", "100::/64", "2001:db8::/32",
		"fc00::/7", "fe80::/10"};

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct cidr cidr;

		if (cidr_parse(blocks[i], &cidr, NULL) == 0 && cidr_contains(&cidr, addr))
			return true;
	}
	return false;
}

bool cidr_contains(const struct cidr *cidr, const struct addr *addr)
{
	size_t whole = cidr->length / 8;
	unsigned int rest = cidr->length % 8;

	if (cidr->base.family != addr->family)
		return false;
	if (addr->family == 4) {
		uint64_t differ = addr_to_v4(&cidr->base) ^ addr_to_v4(addr);

		return differ >> (32 - cidr->length) == 0;
	}
	if (memcmp(cidr->base.bytes, addr->bytes, whole) != 0)
		return false;
	return !rest || (cidr->base.bytes[whole] ^ addr->bytes[whole]) >> (8 - rest) == 0;
}

bool cidr_covers(const struct cidr *outer, const struct cidr *inner)
{
	return outer->length <= inner->length && cidr_contains(outer, &inner->base);
}

int cidr_compare(const struct cidr *a, const struct cidr *b)
{
	int r = addr_compare(&a->base, &b->base);

	return r ? r : (int)a->length - (int)b->length;
}

socklen_t addr_to_sockaddr(const struct addr *addr, uint16_t port, struct sockaddr_storage *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (addr->family == 4) {
		struct sockaddr_in *in = (struct sockaddr_in *)ret;

		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, addr->bytes, 4);
		return sizeof(*in);
	}
	if (addr->family == 6) {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;

		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		memcpy(&in6->sin6_addr, addr->bytes, 16);
		return sizeof(*in6);
	}
	return 0;
}

bool addr_from_sockaddr(const struct sockaddr *sa, struct addr *ret_addr, uint16_t *ret_port)
{
	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)sa;

		*ret_addr = addr_from_bytes(4, (const uint8_t *)&in->sin_addr);
		if (ret_port)
			*ret_port = ntohs(in->sin_port);
		return true;
	}
	if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)sa;

		*ret_addr = addr_from_bytes(6, in6->sin6_addr.s6_addr);
		if (ret_port)
			*ret_port = ntohs(in6->sin6_port);
		return true;
	}
	return false;
}

bool mac_is_zero(const struct mac *mac)
{
	static const struct mac zero;

	return memcmp(mac, &zero, sizeof(zero)) == 0;
}

bool mac_is_multicast(const struct mac *mac)
{
	return mac->bytes[0] & 1;
}

bool mac_is_local(const struct mac *mac)
{
	return mac->bytes[0] & 2;
}
