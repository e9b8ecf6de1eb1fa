/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a norm pack says on the time after an evaluation: how far a boundary reaches, which
 * changes matter, and how long everybody has. What holds for packs that say nothing stands here
 * too.
 */
#include "common/text.h"
#include "inventory/norm/pack_parts.h"
#include "inventory/norm/safexml.h"

#include <libxml/xpathInternals.h>

#include <stdlib.h>
#include <string.h>

static const char *const triggers[TRIGGER_N] = {"outcome-flip", "bright-cross", "evidence-lost",
	"margin", "operator", "organisation-event", "tier", "filing", "lifecycle", "hosting",
	"key-business", "boundary", "controller", "zone-crossing", "internet-exit", "exposure",
	"redundancy", "dependant-sector", "remote-supplier", "data-class", "norm",
	"review-due"};
static const char *const events[CLOCK_EVENT_N] = {"detected", "reported", "received", "decided",
	"notified"};
static const char *const actions[CLOCK_ACTION_N] = {"report", "re-identify", "notify", "inform",
	"review"};

#define BIT(trigger) (UINT32_C(1) << (trigger))

const struct pack_boundary pack_boundary_default = {.seed = 1u << STRENGTH_ESSENTIAL,
	.control = true, .business = true, .stop_device = true, .stop_one_way = true,
	.window_days = 90, .basis = ""};

/* Order 745, Art. 11 (a relatively large change that may affect the result) and Art. 21
 * (merger, division, dissolution); what can only prepare such a change is to be looked at. */
const struct pack_change pack_change_default = {.margin = 10, .jaccard = 0.8,
	.major = BIT(TRIGGER_OUTCOME_FLIP) | BIT(TRIGGER_BRIGHT_CROSS) | BIT(TRIGGER_OPERATOR) |
		BIT(TRIGGER_ORGANISATION_EVENT) | BIT(TRIGGER_TIER) | BIT(TRIGGER_LIFECYCLE) |
		BIT(TRIGGER_HOSTING) | BIT(TRIGGER_KEY_BUSINESS) | BIT(TRIGGER_BOUNDARY) |
		BIT(TRIGGER_CONTROLLER) | BIT(TRIGGER_INTERNET_EXIT) | BIT(TRIGGER_REDUNDANCY) |
		BIT(TRIGGER_DEPENDANT_SECTOR) | BIT(TRIGGER_REMOTE_SUPPLIER) |
		BIT(TRIGGER_DATA_CLASS),
	.notable = BIT(TRIGGER_EVIDENCE_LOST) | BIT(TRIGGER_MARGIN) | BIT(TRIGGER_FILING) |
		BIT(TRIGGER_ZONE_CROSSING) | BIT(TRIGGER_EXPOSURE) | BIT(TRIGGER_NORM) |
		BIT(TRIGGER_REVIEW_DUE),
	.basis = "Order 745 Art. 11"};

const struct pack_clock pack_clock_default = {.event = CLOCK_RECEIVED, .months = 3,
	.action = CLOCK_RE_IDENTIFY, .basis = "Order 745 Art. 11"};

int strength_parse(const char *text)
{
	static const char *const names[] = {"supporting", "important", "essential"};

	for (int i = 0; i < 3; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	return -1;
}

const char *change_trigger_name(enum change_trigger trigger)
{
	return (unsigned int)trigger < TRIGGER_N ? triggers[trigger] : "?";
}

const char *clock_event_name(enum clock_event event)
{
	return (unsigned int)event < CLOCK_EVENT_N ? events[event] : "?";
}

const char *clock_action_name(enum clock_action action)
{
	return (unsigned int)action < CLOCK_ACTION_N ? actions[action] : "?";
}

/* ---- boundary ------------------------------------------------------------------------ */

static void parse_boundary(struct pack *pack, const xmlNode *node)
{
	const char *seed = safexml_attr(node, "seed", ""),
		   *follow = safexml_attr(node, "follow", "");
	const char *stop = safexml_attr(node, "stop", "");
	struct pack_boundary *boundary = &pack->boundary;

	*boundary = (struct pack_boundary){.basis =
		pack_people_text(pack, safexml_attr(node, "basis", ""))};
	boundary->seed |= strstr(seed, "essential") ? 1u << STRENGTH_ESSENTIAL : 0;
	boundary->seed |= strstr(seed, "important") ? 1u << STRENGTH_IMPORTANT : 0;
	boundary->seed |= strstr(seed, "supporting") ? 1u << STRENGTH_SUPPORTING : 0;
	boundary->control = strstr(follow, "control") != NULL;
	boundary->business = strstr(follow, "business") != NULL;
	boundary->stop_device = strstr(stop, "boundary-device") != NULL;
	boundary->stop_one_way = strstr(stop, "one-way") != NULL;
	boundary->window_days = pack_days(safexml_attr(node, "window", "P90D"));
}

/* ---- change -------------------------------------------------------------------------- */

static int parse_change(struct pack *pack, const xmlNode *node, struct error *reterr)
{
	struct pack_change *change = &pack->change;
	xmlNode *trigger = safexml_child(node, "trigger");

	change->basis = pack_people_text(pack, safexml_attr(node, "basis", ""));
	change->margin = (int)strtol(safexml_attr(node, "margin", "10"), NULL, 10);
	change->jaccard = xmlXPathCastStringToNumber((const xmlChar *)
		safexml_attr(node, "jaccard", "0.8"));
	if (trigger)
		change->major = change->notable = 0;
	for (; trigger; trigger = safexml_next(trigger, "trigger")) {
		const char *on = safexml_attr(trigger, "on", "");
		uint32_t bit = BIT(pack_word(triggers, TRIGGER_N, on));

		if ((change->major | change->notable) & bit)
			return pack_at(pack, error_set(reterr, ERROR_INPUT,
				"the trigger is given twice"), trigger, reterr);
		if (strcmp(safexml_attr(trigger, "class", ""), "major") == 0)
			change->major |= bit;
		else
			change->notable |= bit;
	}
	return 0;
}

/* ---- clocks -------------------------------------------------------------------------- */

static int parse_clock(struct pack *pack, const xmlNode *node, struct error *reterr)
{
	struct pack_period within = pack_period(safexml_attr(node, "within", NULL));
	struct pack_clock clock = {
		.event = (enum clock_event)pack_word(events, CLOCK_EVENT_N - 1,
			safexml_attr(node, "event", "")),
		.action = (enum clock_action)pack_word(actions, CLOCK_ACTION_N - 1,
			safexml_attr(node, "action", "")),
		.months = within.months, .days = within.days,
		.basis = pack_people_text(pack, safexml_attr(node, "basis", ""))};

	for (uint16_t i = 0; i < pack->n_clocks; i++)
		if (pack->clocks[i].event == clock.event &&
			pack->clocks[i].action == clock.action)
			return error_set(reterr, ERROR_INPUT,
				"a second clock from this event to the same action (%s)",
				clock_action_name(clock.action));
	pack->clocks[pack->n_clocks++] = clock;
	return 0;
}

/* Whoever asks for reviews is told of them, also if no trigger names them. */
static void heed_review(struct pack *pack)
{
	struct pack_change *change = &pack->change;

	for (uint16_t i = 0; i < pack->n_clocks; i++)
		if (pack->clocks[i].event == CLOCK_DECIDED &&
			pack->clocks[i].action == CLOCK_REVIEW &&
			!(change->major & BIT(TRIGGER_REVIEW_DUE)))
			change->notable |= BIT(TRIGGER_REVIEW_DUE);
}

int pack_case_parse(struct pack *pack, const xmlNode *root, struct error *reterr)
{
	const xmlNode *boundary = safexml_child(root, "boundary");
	const xmlNode *change = safexml_child(root, "change");
	int r = 0;

	pack->boundary = pack_boundary_default;
	pack->change = pack_change_default;
	if (boundary)
		parse_boundary(pack, boundary);
	if (change)
		r = parse_change(pack, change, reterr);
	for (xmlNode *node = safexml_child(root, "clock");
		node && r == 0 && pack->n_clocks < PACK_CLOCKS_MAX;
		node = safexml_next(node, "clock")) {
		r = parse_clock(pack, node, reterr);
		if (r < 0)
			return pack_at(pack, r, node, reterr);
	}
	if (r == 0 && pack->n_clocks == 0)
		pack->clocks[pack->n_clocks++] = pack_clock_default;
	heed_review(pack);
	return r;
}
