/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads links, addresses, routes and neighbours by rtnetlink(7) dumps; see route.h. The kernel
 * writes in host byte order, so numbers are copied as they stand.
 */
#include "common/cursor.h"
#include "scanner/link/route_internal.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_MAX 65536
#define ATTRIBUTES_MAX 64

/* Attributes of one message by number; absent ones have no bytes. */
struct attributes {
	struct cursor rows[ATTRIBUTES_MAX];
};

static uint32_t host_u32(struct cursor value)
{
	const uint8_t *bytes = cursor_bytes(&value, 4);
	uint32_t number = 0;

	if (bytes)
		memcpy(&number, bytes, 4);
	return number;
}

static void split(struct cursor *c, struct attributes *ret)
{
	memset(ret, 0, sizeof(*ret));
	while (cursor_left(c) >= sizeof(struct rtattr)) {
		struct rtattr head;
		size_t left = cursor_left(c), step;

		memcpy(&head, cursor_rest(c), sizeof(head));
		if (head.rta_len < sizeof(head) || head.rta_len > left)
			return;
		if ((head.rta_type & NLA_TYPE_MASK) < ATTRIBUTES_MAX)
			ret->rows[head.rta_type & NLA_TYPE_MASK] = cursor_of(
				cursor_rest(c) + sizeof(head), head.rta_len - sizeof(head));
		step = RTA_ALIGN(head.rta_len);
		cursor_skip(c, step < left ? step : left);
	}
}

static struct addr address_of(uint8_t family, struct cursor value)
{
	uint8_t kind = family == AF_INET ? 4 : 6;
	const uint8_t *bytes = cursor_bytes(&value, kind == 4 ? 4 : 16);

	return bytes ? addr_from_bytes(kind, bytes) : (struct addr){0};
}

static struct mac mac_of(struct cursor value)
{
	struct mac mac = {0};

	if (cursor_left(&value) == 6)
		memcpy(mac.bytes, cursor_bytes(&value, 6), 6);
	return mac;
}

static bool head_of(struct cursor *c, void *head, size_t size)
{
	const uint8_t *bytes = cursor_bytes(c, size);

	if (bytes)
		memcpy(head, bytes, size);
	return bytes != NULL;
}

static int take_link(struct route_table *table, struct cursor c, struct error *reterr)
{
	struct route_interface interface = {0};
	struct ifinfomsg head;
	struct attributes a;
	size_t n;

	if (!head_of(&c, &head, sizeof(head)))
		return 0;
	split(&c, &a);
	interface.index = (unsigned int)head.ifi_index;
	interface.up = head.ifi_flags & IFF_UP;
	interface.loopback = head.ifi_flags & IFF_LOOPBACK;
	interface.ethernet = head.ifi_type == ARPHRD_ETHER;
	interface.mac = mac_of(a.rows[IFLA_ADDRESS]);
	n = cursor_left(&a.rows[IFLA_IFNAME]);
	if (n == 0 || n > sizeof(interface.name))
		return 0;
	memcpy(interface.name, a.rows[IFLA_IFNAME].base, n);
	interface.name[sizeof(interface.name) - 1] = 0;
	return route_add_interface(table, &interface, reterr);
}

static int take_address(struct route_table *table, struct cursor c, struct error *reterr)
{
	struct route_address address = {0};
	struct ifaddrmsg head;
	struct attributes a;

	if (!head_of(&c, &head, sizeof(head)) ||
		(head.ifa_family != AF_INET && head.ifa_family != AF_INET6))
		return 0;
	split(&c, &a);
	address.interface = head.ifa_index;
	address.length = head.ifa_prefixlen;
	/* On a point-to-point interface IFA_ADDRESS is the peer. */
	address.addr = address_of(head.ifa_family,
		a.rows[IFA_LOCAL].base ? a.rows[IFA_LOCAL] : a.rows[IFA_ADDRESS]);
	return address.addr.family ? route_add_address(table, &address, reterr) : 0;
}

static enum route_type type_of(uint8_t kernel, bool gateway)
{
	switch (kernel) {
	case RTN_UNICAST:
		return gateway ? ROUTE_GATEWAY : ROUTE_ON_LINK;
	case RTN_LOCAL:
		return ROUTE_LOCAL;
	case RTN_BROADCAST:
	case RTN_ANYCAST:
	case RTN_MULTICAST:
		return ROUTE_BROADCAST;
	default:
		return ROUTE_REFUSED;
	}
}

/* The gateway of a route or next hop, of its own family or of another (RFC 5549). */
static struct addr gateway_of(const struct attributes *a, uint8_t family)
{
	struct cursor via = a->rows[RTA_VIA];
	uint16_t other;

	if (cursor_left(&via) < sizeof(other))
		return address_of(family, a->rows[RTA_GATEWAY]);
	memcpy(&other, cursor_bytes(&via, sizeof(other)), sizeof(other)); /* in host order */
	return address_of((uint8_t)other, via);
}

/* Several next hops of one entry: an entry each, in the kernel's order, but for those that it
 * does not use because their interface is down. */
static int take_next_hops(struct route_table *table, struct cursor hops, uint8_t family,
	uint8_t type, const struct route *base, struct error *reterr)
{
	size_t added = 0;
	int r = 0;

	while (r == 0 && cursor_left(&hops) >= sizeof(struct rtnexthop)) {
		struct route route = *base;
		struct attributes a;
		struct rtnexthop head;
		struct cursor rest;
		size_t left = cursor_left(&hops), step;

		memcpy(&head, cursor_rest(&hops), sizeof(head));
		if (head.rtnh_len < sizeof(head) || head.rtnh_len > left)
			return 0;
		rest = cursor_of(
			cursor_rest(&hops) + sizeof(head), head.rtnh_len - sizeof(head));
		split(&rest, &a);
		route.interface = (unsigned int)head.rtnh_ifindex;
		route.more = added > 0;
		route.weight = (uint16_t)(head.rtnh_hops + 1);
		route.gateway = gateway_of(&a, family);
		route.type = type_of(type, route.gateway.family != 0);
		if (!(head.rtnh_flags & RTNH_F_DEAD)) {
			r = route_add(table, &route, reterr);
			added++;
		}
		step = RTNH_ALIGN(head.rtnh_len);
		cursor_skip(&hops, step < left ? step : left);
	}
	return r;
}

/* What is common to all next hops; false: not of those that are followed. Routes for one type
 * of service are not: probes have none. */
static bool read_route(
	const struct rtmsg *head, const struct attributes *a, struct route *ret_route)
{
	struct addr base = {.family = head->rtm_family == AF_INET ? 4 : 6};
	uint32_t number =
		a->rows[RTA_TABLE].base ? host_u32(a->rows[RTA_TABLE]) : head->rtm_table;

	if (head->rtm_flags & (RTM_F_CLONED | RTNH_F_DEAD) || head->rtm_tos ||
		(head->rtm_family != AF_INET && head->rtm_family != AF_INET6) ||
		(number != RT_TABLE_LOCAL && number != RT_TABLE_MAIN))
		return false;
	if (a->rows[RTA_DST].base)
		base = address_of(head->rtm_family, a->rows[RTA_DST]);
	if (!base.family || head->rtm_dst_len > (base.family == 4 ? 32 : 128))
		return false;
	*ret_route = (struct route){.prefix = cidr_of(&base, head->rtm_dst_len),
		.local_table = number == RT_TABLE_LOCAL,
		.interface = host_u32(a->rows[RTA_OIF]),
		.metric = host_u32(a->rows[RTA_PRIORITY]),
		.gateway = gateway_of(a, head->rtm_family),
		.source = address_of(head->rtm_family, a->rows[RTA_PREFSRC])};
	ret_route->type = type_of(head->rtm_type, ret_route->gateway.family != 0);
	return true;
}

static int take_route(struct route_table *table, struct cursor c, struct error *reterr)
{
	struct route route;
	struct attributes a;
	struct rtmsg head;

	if (!head_of(&c, &head, sizeof(head)))
		return 0;
	split(&c, &a);
	if (!read_route(&head, &a, &route))
		return 0;
	if (a.rows[RTA_MULTIPATH].base)
		return take_next_hops(table, a.rows[RTA_MULTIPATH], head.rtm_family,
			head.rtm_type, &route, reterr);
	return route_add(table, &route, reterr);
}

static int take_neighbour(struct route_table *table, struct cursor c, struct error *reterr)
{
	struct route_neighbour neighbour = {0};
	struct attributes a;
	struct ndmsg head;

	if (!head_of(&c, &head, sizeof(head)) ||
		!(head.ndm_state &
			(NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)))
		return 0;
	split(&c, &a);
	neighbour.interface = (unsigned int)head.ndm_ifindex;
	neighbour.addr = address_of(head.ndm_family, a.rows[NDA_DST]);
	neighbour.mac = mac_of(a.rows[NDA_LLADDR]);
	neighbour.fresh = head.ndm_state & (NUD_REACHABLE | NUD_PERMANENT);
	if (!neighbour.addr.family || mac_is_zero(&neighbour.mac))
		return 0;
	return route_add_neighbour(table, &neighbour, reterr);
}

static int take_message(struct route_table *table, const struct nlmsghdr *head,
	struct cursor body, struct error *reterr)
{
	int failure;

	switch (head->nlmsg_type) {
	case NLMSG_DONE:
		return ROUTE_DONE;
	case NLMSG_ERROR:
		failure = -(int)host_u32(body);
		return failure ? error_errno(reterr, ERROR_NETWORK, failure,
					 "the kernel does not tell its routes")
			       : ROUTE_DONE;
	case RTM_NEWLINK:
		return take_link(table, body, reterr);
	case RTM_NEWADDR:
		return take_address(table, body, reterr);
	case RTM_NEWROUTE:
		return take_route(table, body, reterr);
	case RTM_NEWNEIGH:
		return take_neighbour(table, body, reterr);
	default:
		return 0;
	}
}

int route_table_take(
	struct route_table *table, const void *bytes, size_t size, struct error *reterr)
{
	struct cursor c = cursor_of(bytes, size);

	while (cursor_left(&c) >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr head;
		struct cursor body;
		size_t left = cursor_left(&c), step;
		int r;

		memcpy(&head, cursor_rest(&c), sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > left)
			return 0;
		body = cursor_of(cursor_rest(&c) + sizeof(head), head.nlmsg_len - sizeof(head));
		r = take_message(table, &head, body, reterr);
		if (r)
			return r;
		step = NLMSG_ALIGN(head.nlmsg_len);
		cursor_skip(&c, step < left ? step : left);
	}
	return 0;
}

static int dump(struct route_table *table, int fd, uint16_t what, uint8_t family, char *buffer,
	struct error *reterr)
{
	struct {
		struct nlmsghdr head;
		struct rtmsg
			body; /* the longest of the request bodies; all begin with the family */
	} request = {0};

	request.head.nlmsg_len = sizeof(request);
	request.head.nlmsg_type = what;
	request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request.body.rtm_family = family;
	if (send(fd, &request, sizeof(request), 0) != (ssize_t)sizeof(request))
		return error_errno(
			reterr, ERROR_NETWORK, errno, "cannot ask the kernel for routes");
	for (;;) {
		ssize_t n = recv(fd, buffer, ANSWER_MAX, 0);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(reterr, ERROR_NETWORK, errno,
				"cannot read the kernel's routes");
		r = route_table_take(table, buffer, (size_t)n, reterr);
		if (r)
			return r == ROUTE_DONE ? 0 : r;
	}
}

int route_table_load(struct route_table **ret_table, struct error *reterr)
{
	static const struct {
		uint16_t what;
		uint8_t family;
	} dumps[] = {{RTM_GETLINK, AF_UNSPEC}, {RTM_GETADDR, AF_UNSPEC},
		{RTM_GETROUTE, AF_INET}, {RTM_GETROUTE, AF_INET6}, {RTM_GETNEIGH, AF_UNSPEC}};
	_cleanup_(route_table_freep) struct route_table *table = route_table_new();
	_cleanup_(cleanup_freep) char *buffer = malloc(ANSWER_MAX);
	_cleanup_(cleanup_closep) int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return error_errno(
			reterr, ERROR_NETWORK, errno, "cannot ask the kernel for routes");
	if (!table || !buffer)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the routing table");
	for (size_t i = 0; i < ARRAY_SIZE(dumps); i++) {
		int r = dump(table, fd, dumps[i].what, dumps[i].family, buffer, reterr);

		if (r < 0)
			return r;
	}
	route_table_seal(table);
	*ret_table = STEAL(table);
	return 0;
}
