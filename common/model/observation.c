/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the observation's code lists; see observation.h. */
#include "common/model/observation.h"

#include <string.h>

static const char *const kind_names[OBSERVATION_KIND_N] = {
	[OBSERVATION_HOST] = "host",
	[OBSERVATION_PORT] = "port",
	[OBSERVATION_SERVICE] = "service",
	[OBSERVATION_NAME] = "name",
	[OBSERVATION_KEY] = "key",
	[OBSERVATION_HOP] = "hop",
	[OBSERVATION_LINK] = "link",
	[OBSERVATION_FACT] = "fact",
	[OBSERVATION_COVERAGE] = "coverage",
};

static const char *const method_names[OBSERVATION_METHOD_N] = {
	[OBSERVATION_BY_SYN] = "syn",
	[OBSERVATION_BY_ARP] = "arp",
	[OBSERVATION_BY_ECHO] = "echo",
	[OBSERVATION_BY_TRACE] = "trace",
	[OBSERVATION_BY_GREETING] = "greeting",
	[OBSERVATION_BY_LISTENING] = "listening",
	[OBSERVATION_BY_IMPORT] = "import",
};

static int find(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

const char *observation_kind_name(enum observation_kind kind)
{
	return (unsigned int)kind < OBSERVATION_KIND_N ? kind_names[kind] : "?";
}

const char *observation_method_name(enum observation_method method)
{
	return (unsigned int)method < OBSERVATION_METHOD_N ? method_names[method] : "?";
}

const char *transport_name(enum transport transport)
{
	return transport == TRANSPORT_TCP    ? "tcp"
	       : transport == TRANSPORT_UDP  ? "udp"
	       : transport == TRANSPORT_SCTP ? "sctp"
					     : "none";
}

bool observation_kind_parse(const char *name, enum observation_kind *ret)
{
	int i = find(kind_names, OBSERVATION_KIND_N, name);

	if (i >= 0)
		*ret = (enum observation_kind)i;
	return i >= 0;
}

bool observation_method_parse(const char *name, enum observation_method *ret)
{
	int i = find(method_names, OBSERVATION_METHOD_N, name);

	if (i >= 0)
		*ret = (enum observation_method)i;
	return i >= 0;
}

bool transport_parse(const char *name, enum transport *ret)
{
	static const enum transport all[] = {
		TRANSPORT_NONE, TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORT_SCTP};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(transport_name(all[i]), name) == 0) {
			*ret = all[i];
			return true;
		}
	return false;
}

const char *observation_attribute(const struct observation *obs, const char *name)
{
	for (size_t i = obs->n_attributes; i-- > 0;)
		if (strcmp(obs->attributes[i].name, name) == 0)
			return obs->attributes[i].value;
	return NULL;
}

bool observation_has_subject(const struct observation *obs)
{
	return obs->addr.family || obs->kind == OBSERVATION_COVERAGE ||
	       (obs->kind == OBSERVATION_FACT && !mac_is_zero(&obs->mac));
}
