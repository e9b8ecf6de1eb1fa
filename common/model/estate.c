/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the estate's code lists; see estate.h. */
#include "common/model/estate.h"

#include <string.h>

static const char *const role_names[ASSET_ROLE_N] = {"unknown", "host", "server", "terminal",
	"router", "switch", "firewall", "database", "controller", "printer", "camera"};
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
