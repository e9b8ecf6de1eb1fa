/* SPDX-License-Identifier: Apache-2.0 */
/* Places kept between maps; see slots.h. */
#include "cli/slots.h"

#define DISTRICT "district"

int slots_load(struct slots *slots, struct context *context, const char *realm, bool fresh,
	struct error *reterr)
{
	int r = 0;

	*slots = (struct slots){.before = STR_INIT(MAP_SLOTS_MAX), .map.kept = STR_INIT(MAP_SLOTS_MAX)};
	if (!fresh)
		r = inventory_map_slots_load(
			context->inventory, realm, DISTRICT, &slots->before, reterr);
	slots->map.bytes = (const uint8_t *)slots->before.data;
	slots->map.size = slots->before.len;
	return r;
}

void slots_store(struct slots *slots, struct context *context, const char *realm)
{
	struct str *kept = &slots->map.kept;
	struct error why = {0};

	if (kept->failed || kept->len == 0)
		return;
	if (inventory_map_slots_store(
		    context->inventory, realm, DISTRICT, kept->data, kept->len, &why) < 0)
		say(context, "the places on this map could not be kept, the next one may have others: %s",
			why.text);
}

void slots_done(struct slots *slots)
{
	str_done(&slots->before);
	str_done(&slots->map.kept);
}
