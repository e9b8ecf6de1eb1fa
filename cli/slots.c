/* SPDX-License-Identifier: Apache-2.0 */
/* Places kept between maps; see slots.h. */
#include "cli/slots.h"

static const char *const names[SLOTS_N] = {
	[SLOTS_DISTRICT] = "district", [SLOTS_TOPOLOGY] = "topology"};

int slots_load(struct slots *slots, struct context *context, const char *realm, bool fresh,
	struct error *reterr)
{
	int r = 0;

	for (int i = 0; i < SLOTS_N; i++) {
		slots->before[i] = (struct str)STR_INIT(MAP_SLOTS_MAX);
		slots->map[i] = (struct map_slots){.kept = STR_INIT(MAP_SLOTS_MAX)};
		if (r == 0 && !fresh)
			r = inventory_map_slots_load(
				context->inventory, realm, names[i], &slots->before[i], reterr);
		slots->map[i].bytes = (const uint8_t *)slots->before[i].data;
		slots->map[i].size = slots->before[i].len;
	}
	return r;
}

void slots_ask(struct slots *slots, struct map_request *request)
{
	request->slots = &slots->map[SLOTS_DISTRICT];
	request->topology_slots = &slots->map[SLOTS_TOPOLOGY];
}

void slots_store(struct slots *slots, struct context *context, const char *realm)
{
	struct error why = {0};
	int r = 0;

	for (int i = 0; i < SLOTS_N && r == 0; i++) {
		const struct str *kept = &slots->map[i].kept;

		if (!kept->failed && kept->len > 0)
			r = inventory_map_slots_store(context->inventory, realm, names[i],
				kept->data, kept->len, &why);
	}
	if (r < 0)
		say(context,
			"the places on this map could not be kept, the next one may have "
			"others: %s",
			why.text);
}

void slots_done(struct slots *slots)
{
	for (int i = 0; i < SLOTS_N; i++) {
		str_done(&slots->before[i]);
		str_done(&slots->map[i].kept);
	}
}
