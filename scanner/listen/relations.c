/* SPDX-License-Identifier: Apache-2.0 */
/* Who talked to whom: one line per client, server and port, said when all is known of it,
 * and only if both were heard: an answer may go to a broadcast address, or to a forged one. */
#include "scanner/listen/listener.h"

#include <stdio.h>
#include <string.h>

struct relation_key {
	struct addr client, server;
	uint16_t port;
	uint8_t transport;
};

struct relation {
	int64_t first_us;
	const char *protocol; /* a protocol's own name, or NULL */
};

static void say_relation(void *context, const void *key, void *value)
{
	const struct relation_key *k = key;
	const struct relation *relation = value;
	struct listener *l = context;
	struct observation obs = statement_of(l, OBSERVATION_LINK, &k->client);
	char port[8];
	const struct attribute attributes[] = {
		{"layer", "flow"}, {"port", port}, {"protocol", relation->protocol}};

	if (!hosts_knows(l, &k->client) || !hosts_knows(l, &k->server)) {
		statement_unplaced(l);
		return;
	}
	snprintf(port, sizeof(port), "%u", k->port);
	obs.time_us = relation->first_us;
	obs.peer = k->server;
	obs.transport = (enum transport)k->transport;
	obs.port = k->port;
	obs.protocol = relation->protocol;
	obs.attributes = attributes;
	obs.n_attributes = relation->protocol ? 3 : 2;
	statement_say(l, &obs);
}

int relations_init(struct listener *l, struct error *reterr)
{
	return part_table(l, LISTEN_RELATIONS_MAX, sizeof(struct relation_key),
		sizeof(struct relation), say_relation, &l->relations, reterr);
}

void relations_add(struct listener *l, const struct addr *client, const struct addr *server,
	enum transport transport, uint16_t port, const char *protocol)
{
	struct relation_key key;
	struct relation *relation;

	if (!statement_is_placeable(client) || !statement_is_placeable(server) || port == 0 ||
		addr_equal(client, server))
		return;
	memset(&key, 0, sizeof(key));
	key.client = *client;
	key.server = *server;
	key.port = port;
	key.transport = (uint8_t)transport;
	relation = table_find(l->relations, &key);
	if (!relation) {
		relation = table_add(l->relations, &key);
		relation->first_us = l->now_us;
	}
	if (!relation->protocol)
		relation->protocol = protocol;
}

void relations_finish(struct listener *l)
{
	table_cursor cursor = 0;
	const void *key;
	void *value;

	while (table_walk(l->relations, &cursor, &key, &value))
		say_relation(l, key, value);
}
