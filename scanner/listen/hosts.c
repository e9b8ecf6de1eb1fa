/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who was heard, and at which MAC. A frame's source MAC is that of the last hop; whether it is
 * the address's own is decided late, from claims (ARP, neighbour discovery, leases) or from
 * what all frames of the address and of the MAC have in common. listen.h states the rules.
 */
#include "scanner/listen/listener.h"

#include <string.h>

/* What is known of an address. */
struct host {
	int64_t first_us;
	uint8_t ttl;    /* of its first packet */
	bool fresh_ttl; /* a packet of it had a TTL that nobody had counted down */
	bool carried, claimed, changed; /* changed: it came with several MACs */
	struct mac carrier;             /* the first MAC that it came with */
	struct mac claim;               /* the latest that was said to be its own */
};

/* What is known of a MAC: how many addresses came with it or were said to be its own. */
struct station {
	uint32_t brought; /* addresses first heard from it */
	uint32_t carried4, carried6, claimed4;
	struct addr claims[2]; /* the first address said to be its own, of IPv4 and of IPv6 */
};

enum { CARRIED6_MAX = 4 }; /* IPv6 addresses that one interface uses at a time */

/* The values that systems start from: nobody has counted such a one down. */
static bool is_fresh(uint8_t ttl)
{
	return ttl == 64 || ttl == 128 || ttl == 255;
}

/* Whether the host's own MAC is known, and which it is. */
static bool own_mac(struct listener *l, const struct addr *addr, const struct host *host,
	struct mac *ret_mac)
{
	const struct mac *mac = host->claimed ? &host->claim : &host->carrier;
	const struct station *station;

	if (!host->claimed && (!host->carried || host->changed || !host->fresh_ttl))
		return false;
	if (mac_is_zero(mac) || mac_is_multicast(mac))
		return false;
	station = table_peek(l->stations, mac);
	if (!station)
		return false;
	if (station->claimed4 > LISTEN_MAC_ADDRESSES_MAX)
		return false;
	if (!host->claimed) {
		if (addr->family == 4 && (station->carried4 > 1 || station->claimed4 > 0))
			return false;
		if (addr->family == 6 && station->carried6 > CARRIED6_MAX)
			return false;
	}
	*ret_mac = *mac;
	return true;
}

static void say_host(struct listener *l, const struct addr *addr, const struct host *host)
{
	struct observation obs = statement_of(l, OBSERVATION_HOST, addr);

	obs.time_us = host->first_us;
	obs.ttl = host->ttl;
	if (!own_mac(l, addr, host, &obs.mac)) {
		statement_say(l, &obs);
		return;
	}
	statement_say(l, &obs);
	statement_say_vendor(l, obs);
}

static void evict_host(void *context, const void *key, void *value)
{
	say_host(context, key, value);
}

int hosts_init(struct listener *l, struct error *reterr)
{
	int r = part_table(l, LISTEN_HOSTS_MAX, sizeof(struct addr), sizeof(struct host),
		evict_host, &l->hosts, reterr);

	if (r < 0)
		return r;
	return part_table(l, LISTEN_HOSTS_MAX, sizeof(struct mac), sizeof(struct station), NULL,
		&l->stations, reterr);
}

static struct station *station_at(struct listener *l, const struct mac *mac)
{
	struct station *station = table_find(l->stations, mac);

	return station ? station : table_add(l->stations, mac);
}

/* NULL if the address is new, and more than its share of those that the MAC may bring. */
static struct host *host_at(struct listener *l, const struct addr *addr, const struct mac *mac)
{
	static const struct mac none;
	struct host *host = table_find(l->hosts, addr);
	struct station *station;

	if (host)
		return host;
	station = station_at(l, mac ? mac : &none);
	if (station->brought == LISTEN_HOSTS_PER_MAC)
		return NULL;
	station->brought++;
	host = table_add(l->hosts, addr);
	host->first_us = l->now_us;
	return host;
}

bool hosts_heard(
	struct listener *l, const struct addr *addr, uint8_t ttl, const struct mac *mac)
{
	struct station *station;
	struct host *host;

	if (!statement_is_placeable(addr))
		return true;
	host = host_at(l, addr, mac);
	if (!host)
		return false;
	if (!host->ttl)
		host->ttl = ttl;
	host->fresh_ttl |= is_fresh(ttl);
	if (!mac || mac_is_zero(mac))
		return true;
	if (!host->carried) {
		host->carried = true;
		host->carrier = *mac;
		station = station_at(l, mac);
		(*(addr->family == 4 ? &station->carried4 : &station->carried6))++;
	} else if (memcmp(&host->carrier, mac, sizeof(*mac)) != 0) {
		host->changed = true;
	}
	return true;
}

void hosts_claimed(struct listener *l, const struct addr *addr, const struct mac *mac)
{
	struct station *station;
	struct host *host;

	if (!statement_is_placeable(addr) || mac_is_zero(mac) || mac_is_multicast(mac))
		return;
	host = host_at(l, addr, mac);
	if (!host)
		return;
	if (host->claimed && memcmp(&host->claim, mac, sizeof(*mac)) == 0)
		return;
	if (host->claimed)
		say_host(l, addr, host); /* it moves: the former is said now */
	host->claimed = true;
	host->claim = *mac;
	station = station_at(l, mac);
	if (addr->family == 4)
		station->claimed4++;
	if (!station->claims[addr->family == 6].family)
		station->claims[addr->family == 6] = *addr;
}

bool hosts_knows(const struct listener *l, const struct addr *addr)
{
	return table_peek(l->hosts, addr) != NULL;
}

bool hosts_at(struct listener *l, const struct mac *mac, struct addr *ret_addr)
{
	const struct station *station = table_peek(l->stations, mac);
	table_cursor cursor = 0;
	const void *key;
	void *value;

	if (!station)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(station->claims); i++) {
		if (station->claims[i].family && station->claimed4 <= 1) {
			*ret_addr = station->claims[i];
			return true;
		}
	}
	while (table_walk(l->hosts, &cursor, &key, &value)) {
		struct mac own;

		if (own_mac(l, key, value, &own) && memcmp(&own, mac, sizeof(own)) == 0) {
			*ret_addr = *(const struct addr *)key;
			return true;
		}
	}
	return false;
}

void hosts_finish(struct listener *l)
{
	table_cursor cursor = 0;
	const void *key;
	void *value;

	while (table_walk(l->hosts, &cursor, &key, &value))
		say_host(l, key, value);
}
