/* SPDX-License-Identifier: Apache-2.0 */
/* Stations that announced themselves; see neighbour.h. */
#include "scanner/protocol/neighbour.h"

#include <string.h>
#include <strings.h>

#define CDP_MAKER "cisco " /* before the model, in the platform of its maker's devices */

static void read_hardware(struct reading *reading)
{
	const char *vendor = reading_get(reading, "lldp.manufacturer"),
		   *model = reading_get(reading, "lldp.model"),
		   *platform = reading_get(reading, "cdp.platform");

	reading_add_text(reading, "hw.serial_number", reading_get(reading, "lldp.serial"));
	if (platform && strncasecmp(platform, CDP_MAKER, sizeof(CDP_MAKER) - 1) == 0) {
		vendor = "Cisco";
		model = platform + sizeof(CDP_MAKER) - 1;
	}
	if (!vendor || !model || reading_get(reading, "hw.product"))
		return;
	if (!reading_get(reading, "hw.vendor"))
		reading_add_text(reading, "hw.vendor", vendor);
	else if (strcasecmp(reading_get(reading, "hw.vendor"), vendor) != 0)
		return;
	reading_add_text(reading, "hw.product", model);
}

void neighbour_describe(struct reading *reading, const char *description)
{
	if (*description)
		reading_match(
			reading, "snmp.sys_description", description, strlen(description));
	read_hardware(reading);
}
