/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the estate's code lists, and addresses as text; see estate.h. */
#include "common/model/estate.h"

#include <string.h>

static const char *const role_names[ASSET_ROLE_N] = {"unknown", "host", "server", "terminal",
	"router", "switch", "firewall", "database", "controller", "printer", "camera"};
/* Roles that role_rule gives and that are drawn as something broader. */
static const struct {
	const char *name;
	enum asset_role drawn_as;
} finer[] = {{"access-point", ASSET_ROLE_SWITCH}, {"bmc", ASSET_ROLE_SERVER},
	{"domain-controller", ASSET_ROLE_SERVER}, {"drive", ASSET_ROLE_CONTROLLER},
	{"gateway", ASSET_ROLE_CONTROLLER}, {"historian", ASSET_ROLE_DATABASE},
	{"hmi", ASSET_ROLE_TERMINAL}, {"hypervisor", ASSET_ROLE_SERVER},
	{"ied", ASSET_ROLE_CONTROLLER}, {"phone", ASSET_ROLE_TERMINAL},
	{"plc", ASSET_ROLE_CONTROLLER}, {"rtu", ASSET_ROLE_CONTROLLER},
	{"storage", ASSET_ROLE_SERVER}, {"ups", ASSET_ROLE_CONTROLLER}};
static const char *const layer_names[LINK_LAYER_N] = {"l2", "l3", "flow", "dependency"};
static const char *const grade_names[GRADE_N] = {"measured", "claimed", "attested", "derived"};

const char *asset_role_name(enum asset_role role)
{
	return (unsigned int)role < ASSET_ROLE_N ? role_names[role] : "unknown";
}

enum asset_role asset_role_parse(const char *name)
{
	for (int i = 0; i < ASSET_ROLE_N; i++)
		if (strcmp(role_names[i], name) == 0)
			return (enum asset_role)i;
	for (size_t i = 0; i < sizeof(finer) / sizeof(*finer); i++)
		if (strcmp(finer[i].name, name) == 0)
			return finer[i].drawn_as;
	return ASSET_ROLE_UNKNOWN;
}

const char *link_layer_name(enum link_layer layer)
{
	return (unsigned int)layer < LINK_LAYER_N ? layer_names[layer] : "?";
}

const char *evidence_grade_name(enum evidence_grade grade)
{
	return (unsigned int)grade < GRADE_N ? grade_names[grade] : "?";
}

const char *estate_addr_text(const struct estate *estate, const struct addr *addr, char *out)
{
	size_t n;

	out[0] = '\0';
	if (!addr->family || estate->redaction >= REDACTION_PARTNER)
		return out;
	addr_format(addr, out);
	if (estate->redaction == REDACTION_NONE)
		return out;
	/* The base of a /24 ends in ".0", that of a /64 in "::". */
	n = strlen(out) - (addr->family == 4);
	out[n] = 'x';
	out[n + 1] = '\0';
	return out;
}

const char *estate_cidr_text(const struct estate *estate, const struct cidr *cidr, char *out)
{
	out[0] = '\0';
	return estate->redaction >= REDACTION_PARTNER ? out : cidr_format(cidr, out);
}

int estate_link_order(const void *a, const void *b)
{
	const struct estate_link *x = a, *y = b;
	const uint32_t xs[] = {x->from, x->to, x->layer, x->grade, x->change};
	const uint32_t ys[] = {y->from, y->to, y->layer, y->grade, y->change};

	for (size_t i = 0; i < ARRAY_SIZE(xs); i++)
		if (xs[i] != ys[i])
			return xs[i] < ys[i] ? -1 : 1;
	return 0;
}
