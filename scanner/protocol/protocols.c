/* SPDX-License-Identifier: Apache-2.0 */
/* The list of protocols and the questions it answers; see protocol.h. Knows no protocol itself. */
#include "scanner/protocol/protocol.h"

#include <string.h>

#define PROTOCOL(name) extern const struct protocol protocol_##name;
#include "scanner/protocol/protocols.list"
#undef PROTOCOL

static const struct protocol *const protocols[] = {
#define PROTOCOL(name) &protocol_##name,
#include "scanner/protocol/protocols.list"
#undef PROTOCOL
};

/* Raw printing (AppSocket): any byte sent there may be printed. */
static const struct {
	uint16_t first, last;
} mute[] = {{9100, 9107}};

const struct protocol *const *protocols_all(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(protocols);
	return protocols;
}

const struct protocol *protocol_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (strcmp(protocols[i]->name, name) == 0)
			return protocols[i];
	return NULL;
}

const struct protocol *protocol_expected(enum transport transport, uint16_t port)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		if (protocols[i]->transport != transport)
			continue;
		for (const uint16_t *p = protocols[i]->ports; *p; p++)
			if (*p == port)
				return protocols[i];
	}
	return NULL;
}

bool protocol_port_is_mute(enum transport transport, uint16_t port)
{
	if (transport != TRANSPORT_TCP)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(mute); i++)
		if (port >= mute[i].first && port <= mute[i].last)
			return true;
	return false;
}

const struct protocol *protocol_recognise(enum transport transport, const uint8_t *bytes,
	size_t size)
{
	if (size == 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i]->transport == transport && protocols[i]->recognise(bytes, size))
			return protocols[i];
	return NULL;
}
