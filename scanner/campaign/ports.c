/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Port lists: the default ones, short enough to ask of a control network, and the text form;
 * and the same of IP protocols. The choice is ours: what identifies hosts, servers, network
 * gear and industrial devices.
 */
#include "scanner/scanner.h"

#include "common/cleanup.h"
#include "common/str.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define PORTS 65536
#define ITEM_MAX 16
#define PROTOCOLS_TEXT_MAX 4096
#define PROTOCOL_MAX 254 /* 255 is reserved */

static const uint16_t default_tcp[] = {21, 22, 23, 25, 53, 80, 88, 102, 110, 111, 119,
	135, 139, 143, 179, 389, 427, 443, 445, 465, 502, 515, 554, 587, 631, 636, 789,
	853, 873, 990, 992, 993, 995, 1194, 1433, 1521, 1883, 1911, 1962, 2049, 2181,
	2222, 2375, 2376, 2379, 2404, 3000, 3306, 3389, 4840, 4911, 5000, 5060, 5061, 5094,
	5432, 5672, 5900, 5985, 5986, 6000, 6379, 6443, 6514, 8000, 8080, 8086, 8443,
	8883, 8888, 9090, 9092, 9100, 9200, 9443, 9600, 11211, 15672, 18245, 20000, 27017,
	34964, 44818, 50000, 50051};
static const uint16_t default_udp[] = {53, 88, 111, 123, 137, 161, 427, 500, 623, 1194,
	1434, 1900, 3478, 3671, 3702, 4800, 5060, 5353, 5683, 9600, 20000, 44818, 47808,
	48899};

const uint16_t *scan_default_tcp_ports(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(default_tcp);
	return default_tcp;
}

const uint16_t *scan_default_udp_ports(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(default_udp);
	return default_udp;
}

/* A decimal number 1..65535 without sign or blanks; 0 if it is none. */
static unsigned int number(const char *text, size_t n)
{
	unsigned int value = 0;

	if (n == 0 || n > 5)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)text[i]))
			return 0;
		value = value * 10 + (unsigned int)(text[i] - '0');
	}
	return value < PORTS ? value : 0;
}

static int parse_item(const char *item, size_t n, uint8_t *wanted, struct error *reterr)
{
	const char *dash = memchr(item, '-', n);
	size_t head = dash ? (size_t)(dash - item) : n;
	unsigned int from = number(item, head);
	unsigned int to = dash ? number(dash + 1, n - head - 1) : from;

	if (n == 0)
		return error_set(reterr, ERROR_USAGE,
			"the port list has an empty item; write for example 22,80,1000-1010");
	if (!from || !to)
		return error_set(reterr, ERROR_USAGE,
			"\"%.*s\" is not a port or a range of ports; ports are 1 to 65535, as "
			"in "
			"22,80,1000-1010",
			(int)(n < ITEM_MAX ? n : ITEM_MAX), item);
	if (from > to)
		return error_set(reterr, ERROR_USAGE,
			"port range \"%.*s\" goes backwards; write %u-%u",
			(int)(n < ITEM_MAX ? n : ITEM_MAX), item, to, from);
	for (unsigned int port = from; port <= to; port++)
		wanted[port] = 1;
	return 0;
}

int scan_ports_parse(
	const char *text, uint16_t **ret_ports, size_t *ret_n, struct error *reterr)
{
	_cleanup_(cleanup_freep) uint8_t *wanted = calloc(PORTS, 1);
	_cleanup_(cleanup_freep) uint16_t *ports = NULL;
	size_t n = 0;

	if (!wanted)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a port list");
	for (const char *item = text;;) {
		size_t size = strcspn(item, ",");
		int r = parse_item(item, size, wanted, reterr);

		if (r < 0)
			return r;
		if (!item[size])
			break;
		item += size + 1;
	}
	for (size_t port = 0; port < PORTS; port++)
		n += wanted[port];
	ports = calloc(n, sizeof(*ports));
	if (!ports)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a port list");
	n = 0;
	for (size_t port = 0; port < PORTS; port++)
		if (wanted[port])
			ports[n++] = (uint16_t)port;
	*ret_ports = STEAL(ports);
	*ret_n = n;
	return 0;
}

void scan_ports_format(
	const uint16_t *ports, size_t n, size_t *at, char *out, size_t size)
{
	size_t used = 0;

	*out = 0;
	while (*at < n) {
		char item[ITEM_MAX];
		size_t end = *at;
		int length;

		while (end + 1 < n && ports[end + 1] == ports[end] + 1)
			end++;
		length = end == *at ? snprintf(item, sizeof(item), "%s%u", used ? "," : "",
					      ports[*at])
				    : snprintf(item, sizeof(item), "%s%u-%u", used ? "," : "",
					      ports[*at], ports[end]);
		if (used + (size_t)length >= size)
			return;
		memcpy(out + used, item, (size_t)length + 1);
		used += (size_t)length;
		*at = end + 1;
	}
}

/* Assigned Internet Protocol Numbers (IANA) that a network may carry. */
static const struct {
	const char *name;
	uint16_t number;
} protocol_names[] = {{"igmp", 2}, {"ipip", 4}, {"egp", 8}, {"igp", 9}, {"ipv6", 41},
	{"rsvp", 46}, {"gre", 47}, {"esp", 50}, {"ah", 51}, {"eigrp", 88}, {"ospf", 89},
	{"pim", 103}, {"vrrp", 112}, {"l2tp", 115}, {"isis", 124}, {"udplite", 136}};

/* They are asked by probes that fit them; a bare header would be malformed. */
static const uint16_t protocols_of_their_own[] = {1, 6, 17, 58, 132};

/* They are no protocols but headers that go before one (RFC 8200 4, IANA). */
static const uint16_t extensions[] = {43, 44, 60, 135, 139, 140};

static bool holds(const uint16_t *list, size_t n, uint16_t number)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == number)
			return true;
	return false;
}

/* Names as numbers, the rest as it stands. */
static void name_numbers(const char *text, struct str *out)
{
	while (*text) {
		size_t size = strcspn(text, ",-"), known = ARRAY_SIZE(protocol_names);

		for (size_t i = 0; i < known; i++)
			if (strlen(protocol_names[i].name) == size &&
				strncmp(protocol_names[i].name, text, size) == 0)
				known = i;
		if (size && known < ARRAY_SIZE(protocol_names))
			str_addf(out, "%u", protocol_names[known].number);
		else
			str_add(out, text, size);
		text += size;
		if (*text)
			str_addc(out, *text++);
	}
}

int scan_protocols_parse(
	const char *text, uint16_t **ret_protocols, size_t *ret_n, struct error *reterr)
{
	_cleanup_(str_done) struct str numbers = STR_INIT(PROTOCOLS_TEXT_MAX);
	_cleanup_(cleanup_freep) uint16_t *protocols = NULL;
	size_t n = 0;
	int r;

	name_numbers(text, &numbers);
	if (numbers.failed)
		return error_set(reterr, ERROR_USAGE, "the list of IP protocols is too long");
	r = scan_ports_parse(numbers.data, &protocols, &n, NULL);
	if (r < 0 || protocols[n - 1] > PROTOCOL_MAX)
		return error_set(reterr, ERROR_USAGE,
			"\"%.64s\" is no list of IP protocols; write numbers from 1 to %d or "
			"names, as in gre,50-51,ospf",
			text, PROTOCOL_MAX);
	for (size_t i = 0; i < n; i++) {
		if (holds(protocols_of_their_own, ARRAY_SIZE(protocols_of_their_own),
			    protocols[i]))
			return error_set(reterr, ERROR_USAGE,
				"IP protocol %u is asked by probes of its own (hosts are "
				"looked for by ICMP; --ports, --udp, --sctp); leave it out",
				protocols[i]);
		if (holds(extensions, ARRAY_SIZE(extensions), protocols[i]))
			return error_set(reterr, ERROR_USAGE,
				"%u is an extension header of IPv6 and no protocol; leave it out",
				protocols[i]);
	}
	*ret_protocols = STEAL(protocols);
	*ret_n = n;
	return 0;
}
