/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports that answered and what their services say of themselves. How often one port is read is
 * bounded; so is how many different statements it may make.
 */
#include "scanner/listen/listener.h"

#include <string.h>

enum { READINGS_MAX = 4096 }; /* of one port */

struct endpoint {
	struct addr addr;
	uint16_t port;
	uint8_t transport;
};

struct service {
	uint16_t readings, statements;
};

int services_init(struct listener *l, struct error *reterr)
{
	return part_table(l, LISTEN_RELATIONS_MAX, sizeof(struct endpoint),
		sizeof(struct service), NULL, &l->services, reterr);
}

void services_open(
	struct listener *l, const struct addr *addr, enum transport transport, uint16_t port)
{
	struct observation obs = statement_of(l, OBSERVATION_PORT, addr);

	if (!statement_is_placeable(addr) || port == 0)
		return;
	obs.transport = transport;
	obs.port = port;
	statement_say(l, &obs);
}

static int take_statement(void *context, const struct observation *obs, struct error *reterr)
{
	(void)reterr;
	statement_say(context, obs);
	return 0;
}

static struct service *service_at(
	struct listener *l, const struct addr *addr, enum transport transport, uint16_t port)
{
	struct endpoint key;
	struct service *service;

	memset(&key, 0, sizeof(key));
	key.addr = *addr;
	key.port = port;
	key.transport = (uint8_t)transport;
	service = table_find(l->services, &key);
	return service ? service : table_add(l->services, &key);
}

void services_said(struct listener *l, const struct addr *addr, uint16_t port,
	const struct protocol *protocol, const uint8_t *bytes, size_t size, int64_t time_us)
{
	const struct observation_sink sink = {take_statement, l};
	struct service *service = service_at(l, addr, protocol->transport, port);
	struct observation obs = statement_of(l, OBSERVATION_SERVICE, addr);
	uint64_t before = l->counts.observations;

	if (service->readings == READINGS_MAX)
		return;
	service->readings++;
	obs.time_us = time_us;
	obs.transport = protocol->transport;
	obs.port = port;
	obs.protocol = protocol->name;
	if (protocol->overheard) {
		size = size < sizeof(l->kept) ? size : sizeof(l->kept);
		memcpy(l->kept, bytes, size);
		bytes = l->kept;
		size = protocol->overheard(l->kept, size);
	}
	obs.raw = bytes;
	obs.raw_size = size < OBSERVATION_RAW_MAX ? size : OBSERVATION_RAW_MAX;
	reading_clear(&l->reading);
	protocol->read(bytes, size, &l->reading);
	gather_take(l, addr, &l->reading);
	if (service->statements == LISTEN_SERVICES_PER_PORT) {
		l->counts.statements++;
		l->counts.over_limit++;
		return;
	}
	reading_emit(&l->reading, &obs, &sink, NULL);
	if (l->counts.observations > before)
		service->statements++;
}

void services_named(struct listener *l, const struct addr *addr, enum transport transport,
	uint16_t port, const char *name, const uint8_t *bytes, size_t size, int64_t time_us)
{
	struct observation obs = statement_of(l, OBSERVATION_SERVICE, addr);

	obs.time_us = time_us;
	obs.transport = transport;
	obs.port = port;
	obs.protocol = name;
	obs.raw = bytes;
	obs.raw_size = size < LISTEN_NAMED_MAX ? size : LISTEN_NAMED_MAX;
	statement_say(l, &obs);
}

const struct protocol *services_match(
	enum transport transport, uint16_t port, const uint8_t *bytes, size_t size)
{
	size_t n;
	const struct protocol *const *all = protocols_all(&n);

	for (size_t i = 0; i < n && size; i++)
		if (all[i]->transport == transport && protocol_has_port(all[i], port) &&
			all[i]->recognise(bytes, size))
			return all[i];
	return NULL;
}
