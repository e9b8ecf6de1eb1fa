/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DHCP (RFC 2131): what a client says of itself before it has an address, kept by its MAC until
 * a server's acknowledgement tells which address that is.
 */
#include "scanner/listen/listener.h"

#include "common/text.h"
#include "scanner/wire/dhcp.h"

#include <stdio.h>
#include <string.h>

enum {
	NAME_SIZE = 256,
	CLASS_SIZE = 512,
	LIST_SIZE = 1024, /* 255 numbers and commas */
	ID_SIZE = 768,    /* 255 bytes as "xx:" */
};

struct lease {
	int64_t time_us;
	struct addr addr;
	bool asked; /* a message of the client's own was heard */
	char name[NAME_SIZE], class[CLASS_SIZE], parameters[LIST_SIZE], id[ID_SIZE];
};

/* Copies foreign bytes as clean text; what does not fit is left out. */
static void keep_text(const struct view *view, char *out, size_t size)
{
	struct str clean = STR_INIT(size - 1);

	if (!view->size)
		return;
	text_clean(&clean, view->bytes, view->size, size - 1);
	memcpy(out, clean.data, clean.len + 1);
	str_done(&clean);
}

/* The same as numbers in decimal or hexadecimal. */
static void keep_numbers(
	const struct view *view, const char *first, const char *more, char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < view->size && used + 5 < size; i++) {
		char one[8];
		int n = snprintf(one, sizeof(one), more[0] == ',' ? "%s%u" : "%s%02x",
			i ? more : first, (unsigned int)view->bytes[i]);

		memcpy(out + used, one, (size_t)n + 1);
		used += (size_t)n;
	}
}

static void say_lease(void *context, const void *key, void *value)
{
	struct listener *l = context;
	const struct lease *lease = value;
	struct observation obs = statement_of(l, OBSERVATION_KEY, &lease->addr);
	int64_t now_us;

	if (!lease->addr.family || !hosts_knows(l, &lease->addr)) {
		statement_unplaced(l);
		return;
	}
	obs.time_us = lease->time_us;
	obs.mac = *(const struct mac *)key;
	if (lease->id[0])
		statement_say_pair(l, obs, "type", "dhcp.client-id", "value", lease->id);
	reading_clear(&l->reading);
	reading_add_text(&l->reading, "dhcp.vendor-class", lease->class);
	reading_add_text(&l->reading, "dhcp.parameters", lease->parameters);
	reading_match(&l->reading, "dhcp_vendor_class", lease->class, strlen(lease->class));
	obs.kind = OBSERVATION_FACT;
	if (l->reading.n_attributes)
		statement_say_reading(l, obs);
	now_us = l->now_us;
	l->now_us = lease->time_us; /* it was said then, not now */
	names_add(l, &lease->addr, "dhcp", lease->name, strlen(lease->name));
	l->now_us = now_us;
}

int leases_init(struct listener *l, struct error *reterr)
{
	return part_table(l, LISTEN_LEASES_MAX, sizeof(struct mac), sizeof(struct lease),
		say_lease, &l->leases, reterr);
}

/* The client is at the address from now on. */
static void settle(
	struct listener *l, const struct mac *mac, struct lease *lease, const struct addr *addr)
{
	if (!statement_is_placeable(addr))
		return;
	if (lease->addr.family && !addr_equal(&lease->addr, addr))
		say_lease(l, mac, lease);
	lease->addr = *addr;
	lease->time_us = l->now_us;
	if (!lease->asked)
		return;
	hosts_heard(l, addr, 0, NULL);
	hosts_claimed(l, addr, mac);
}

static void take_request(struct listener *l, const struct dhcp *dhcp, struct lease *lease)
{
	lease->asked = true;
	keep_text(
		dhcp->host_name.size ? &dhcp->host_name : &dhcp->fqdn, lease->name, NAME_SIZE);
	keep_text(&dhcp->vendor_class, lease->class, CLASS_SIZE);
	keep_numbers(&dhcp->parameters, "", ",", lease->parameters, LIST_SIZE);
	keep_numbers(&dhcp->client_id, "", ":", lease->id, ID_SIZE);
	/* a client that uses its address already */
	if (dhcp->client.family && addr_equal(&dhcp->client, &l->frame->src))
		settle(l, &dhcp->mac, lease, &dhcp->client);
}

/* What a server says of the network, if it is the server itself who speaks and no relay. */
static void take_server(struct listener *l, const struct dhcp *dhcp)
{
	const struct frame *f = l->frame;
	char text[ADDR_TEXT_MAX];

	if (!addr_equal(&dhcp->server_id, &f->src))
		return;
	services_open(l, &f->src, TRANSPORT_UDP, DHCP_SERVER_PORT);
	reading_clear(&l->reading);
	reading_add_text(&l->reading, "dhcp.server", "yes");
	if (dhcp->netmask.family)
		reading_add_text(
			&l->reading, "dhcp.netmask", addr_format(&dhcp->netmask, text));
	if (dhcp->router.family)
		reading_add_text(&l->reading, "dhcp.router", addr_format(&dhcp->router, text));
	reading_add(&l->reading, "dhcp.domain", dhcp->domain.bytes, dhcp->domain.size);
	statement_say_reading(l, statement_of(l, OBSERVATION_FACT, &f->src));
}

static void take_reply(struct listener *l, const struct dhcp *dhcp, struct lease *lease)
{
	const struct addr *addr = dhcp->yours.family ? &dhcp->yours : &dhcp->client;

	if (dhcp->type != DHCP_ACK && dhcp->type != DHCP_OFFER)
		return;
	take_server(l, dhcp);
	if (dhcp->type != DHCP_ACK || !addr->family)
		return;
	settle(l, &dhcp->mac, lease, addr);
	if (lease->asked && addr_equal(&dhcp->server_id, &l->frame->src))
		relations_add(l, addr, &l->frame->src, TRANSPORT_UDP, DHCP_SERVER_PORT, "dhcp");
}

bool leases_dhcp(struct listener *l)
{
	const struct frame *f = l->frame;
	struct lease *lease;
	struct dhcp dhcp;

	if (!dhcp_read(f->payload, f->payload_size, &dhcp))
		return false;
	if (mac_is_zero(&dhcp.mac) || mac_is_multicast(&dhcp.mac))
		return true;
	lease = table_find(l->leases, &dhcp.mac);
	if (!lease)
		lease = table_add(l->leases, &dhcp.mac);
	if (dhcp.reply)
		take_reply(l, &dhcp, lease);
	else
		take_request(l, &dhcp, lease);
	return true;
}

void leases_finish(struct listener *l)
{
	table_cursor cursor = 0;
	const void *key;
	void *value;

	while (table_walk(l->leases, &cursor, &key, &value))
		say_lease(l, key, value);
}
