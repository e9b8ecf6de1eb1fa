/* SPDX-License-Identifier: Apache-2.0 */
/* The list of protocols and the questions it answers; see protocol.h. Knows no protocol
 * itself. */
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

/* Crimson, PCWorx, Niagara Fox, CODESYS, OPC UA, HART-IP, MELSEC, FINS, GE-SRTP, ProConOS,
 * PROFINET, Foundation Fieldbus, ICCP and MMS kin, tank gauges, ADS, and others of the kind. */
static const struct {
	uint16_t first, last;
} industrial[] = {{102, 102}, {502, 502}, {789, 789}, {1089, 1091}, {1153, 1153}, {1200, 1200},
	{1541, 1541}, {1911, 1911}, {1962, 1962}, {2221, 2223}, {2404, 2404}, {2455, 2455},
	{3671, 3671}, {4000, 4000}, {4712, 4713}, {4800, 4800}, {4840, 4840}, {4911, 4911},
	{5006, 5008}, {5050, 5051}, {5052, 5052}, {5065, 5065}, {5094, 5094}, {5450, 5450},
	{9600, 9600}, {10001, 10001}, {10307, 10307}, {11001, 11001}, {12135, 12137},
	{13722, 13724}, {17185, 17185}, {18245, 18246}, {19999, 20000}, {20547, 20547},
	{34962, 34964}, {34980, 34980}, {38589, 38600}, {39278, 39278}, {44818, 44818},
	{45678, 45678}, {47808, 47823}, {48898, 48899}, {50001, 50028}, {55000, 55003},
	{55555, 55555}, {56001, 56099}, {62900, 62930}};

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

bool protocol_has_port(const struct protocol *protocol, uint16_t port)
{
	for (const uint16_t *p = protocol->ports; *p; p++)
		if (*p == port)
			return true;
	return false;
}

const struct protocol *protocol_expected(enum transport transport, uint16_t port)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i]->transport == transport && !protocols[i]->after &&
			protocol_has_port(protocols[i], port))
			return protocols[i];
	return NULL;
}

const struct protocol *protocol_after(const struct protocol *protocol)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i]->after == protocol)
			return protocols[i];
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

bool protocol_port_is_industrial(uint16_t port)
{
	for (size_t i = 0; i < ARRAY_SIZE(industrial); i++)
		if (port >= industrial[i].first && port <= industrial[i].last)
			return true;
	return false;
}

const struct protocol *protocol_recognise(enum transport transport, const uint8_t *bytes,
	size_t size)
{
	const struct protocol *vague = NULL;

	if (size == 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		if (protocols[i]->transport != transport ||
			!protocols[i]->recognise(bytes, size))
			continue;
		if (!protocols[i]->vague)
			return protocols[i];
		if (!vague)
			vague = protocols[i];
	}
	return vague;
}
