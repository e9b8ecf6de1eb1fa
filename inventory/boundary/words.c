/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A boundary in words: the path by which an asset is a member, what a note means, and the text
 * by which two sets are equal. Neither tells when a flow was seen, so that a flow that goes
 * on changes nothing.
 */
#include "inventory/boundary/boundary.h"

#include "common/model/observation.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ARROW " -> "

void boundary_rule_words(const struct boundary_rule *rule, struct str *out)
{
	static const char *const strengths[] = {"supporting", "important", "essential"};
	size_t before = out->len;

	for (int i = 2; i >= 0; i--)
		if (rule->seed & 1u << i)
			str_addf(out, "%s%s", out->len > before ? " " : "", strengths[i]);
	str_addf(out, "; %s%s; stop at %s%s%s; ",
		rule->control ? "control" : rule->business ? "" : "no flows",
		rule->business ? rule->control ? " business" : "business" : "",
		rule->stop_device ? "boundary-device" : rule->stop_one_way ? "" : "nothing",
		rule->stop_device && rule->stop_one_way ? " " : "",
		rule->stop_one_way ? "one-way" : "");
	if (rule->window_days > 0)
		str_addf(out, "%d days", rule->window_days);
	else
		str_adds(out, "any time");
}

bool boundary_rule_parse(const char *words, struct boundary_rule *ret)
{
	struct boundary_rule rule = {
		.seed = (strstr(words, "supporting") ? 1u : 0) |
			(strstr(words, "important") ? 2u : 0) |
			(strstr(words, "essential") ? 4u : 0),
		.control = strstr(words, "control") != NULL,
		.business = strstr(words, "business") != NULL,
		.stop_device = strstr(words, "boundary-device") != NULL,
		.stop_one_way = strstr(words, "one-way") != NULL,
		.basis = ret->basis,
	};
	struct str again = STR_INIT(512);
	const char *days = strrchr(words, ';');
	bool same;

	rule.window_days = days ? (int)strtol(days + 1, NULL, 10) : 0;
	boundary_rule_words(&rule, &again);
	same = strcmp(again.data, words) == 0;
	str_done(&again);
	if (same)
		*ret = rule;
	return same;
}

const char *boundary_why_name(enum boundary_why why)
{
	static const char *const names[WHY_N] = {
		"system", "flow", "boundary-device", "protects"};

	return why < WHY_N ? names[why] : "";
}

const char *boundary_note_name(enum boundary_note_kind kind)
{
	static const char *const names[NOTE_N] = {"boundary-device", "one-way",
		"outside-window", "unregistered-peer", "not-followed", "network-service",
		"unknown-direction", "unguarded-crossing", "unknown-zone", "not-observed",
		"no-assets", "no-key-business", "device-not-met"};

	return kind < NOTE_N ? names[kind] : "";
}

const char *boundary_class_name(enum boundary_class kind)
{
	static const char *const names[] = {"control", "business", "service"};

	return names[kind];
}

void boundary_service_words(
	const char *protocol, uint8_t transport, uint16_t port, struct str *out)
{
	const char *name = transport_name((enum transport)transport);

	str_addf(out, "%s%s%s", protocol, protocol[0] ? " " : "",
		strcmp(name, "none") == 0 ? "ip" : name);
	if (port)
		str_addf(out, "/%u", port);
}

void boundary_flow_words(const struct boundary_flow *flow, struct str *out)
{
	boundary_service_words(flow->protocol, flow->transport, flow->port, out);
	if (flow->direction == BOUNDARY_ONE_WAY)
		str_adds(out, " one way");
	if (flow->direction == BOUNDARY_UNKNOWN)
		str_adds(out, " of unknown direction");
}

/* ---- paths ------------------------------------------------------------------------------- */

static void add_business(const struct boundary_set *set, struct str *out)
{
	const struct boundary_business *b;

	if (set->n_businesses == 0)
		return;
	b = &set->graph->businesses[set->businesses[0]];
	str_addf(out, "%s %s", b->key ? "key business" : "business", b->id);
	if (set->n_businesses > 1)
		str_addf(out, " and %u more", set->n_businesses - 1);
	str_adds(out, ARROW);
}

/* From the system itself, where all ways begin, to one that it leads to. */
static void add_roots(const struct boundary_set *set, uint32_t root, struct str *out)
{
	static const char *const how[] = {"", "part of it: ", "needs ", "carried by "};
	const struct boundary_graph *g = set->graph;
	uint32_t steps[BOUNDARY_PATH_STEPS], n = 0, more = 0, at = root;

	for (; set->roots[at].via != BOUNDARY_NONE; at = set->roots[at].via) {
		if (n < BOUNDARY_PATH_STEPS)
			steps[n++] = at;
		else
			more++;
	}
	str_addf(out, "system %s", g->systems[set->roots[at].system].id);
	if (more > 0)
		str_addf(out, ARROW "%u more", more);
	while (n-- > 0)
		str_addf(out, ARROW "%ssystem %s", how[set->roots[steps[n]].why],
			g->systems[set->roots[steps[n]].system].id);
}

static void add_step(
	const struct boundary_set *set, const struct boundary_member *m, struct str *out)
{
	const struct boundary_graph *g = set->graph;

	str_adds(out, ARROW);
	if (m->flow != BOUNDARY_NONE) {
		boundary_flow_words(&g->flows[m->flow], out);
		str_adds(out, ARROW);
	}
	if (m->why == WHY_DEVICE)
		str_addf(out, "stops at conduit %s" ARROW, g->conduits[m->conduit].id);
	if (m->why == WHY_PROTECTS && m->conduit != BOUNDARY_NONE)
		str_addf(out, "protected at conduit %s by ", g->conduits[m->conduit].id);
	else if (m->why == WHY_PROTECTS)
		str_adds(out, "protected by ");
	str_adds(out, g->assets[m->asset].name);
}

void boundary_path_words(
	const struct boundary_set *set, uint32_t member, const char *rule, struct str *out)
{
	uint32_t steps[BOUNDARY_PATH_STEPS], n = 0, at = member;
	const struct boundary_member *m = &set->members[member];

	for (; n < BOUNDARY_PATH_STEPS && set->members[at].via != BOUNDARY_NONE; n++) {
		steps[n] = at;
		at = set->members[at].via;
	}
	add_business(set, out);
	add_roots(set, m->root, out);
	if (rule)
		str_addf(out, ARROW "%s", rule);
	str_addf(out, ARROW "%s", set->graph->assets[set->members[m->origin].asset].name);
	if (m->depth > n)
		str_addf(out, ARROW "%u more", m->depth - n);
	for (uint32_t i = n; i-- > 0;)
		add_step(set, &set->members[steps[i]], out);
}

/* ---- notes ------------------------------------------------------------------------------- */

static const char *asset_of(const struct boundary_set *set, uint32_t member)
{
	return set->graph->assets[set->members[member].asset].name;
}

static void add_peers(
	const struct boundary_set *set, const struct boundary_note *note, struct str *out)
{
	const struct boundary_flow *flow = &set->graph->flows[note->flow];
	uint32_t asset = set->members[note->member].asset;
	uint32_t peer = flow->from == asset ? flow->to : flow->from;

	str_addf(out, "%s ", asset_of(set, note->member));
	boundary_flow_words(flow, out);
	str_addf(out, " with %s",
		peer != BOUNDARY_NONE ? set->graph->assets[peer].name : flow->peer);
	if (note->n_peers > 1)
		str_addf(out, " and %u more", note->n_peers - 1);
}

void boundary_note_words(
	const struct boundary_set *set, const struct boundary_note *note, struct str *out)
{
	static const char *const words[NOTE_N] = {
		[NOTE_ONE_WAY] = "it only receives",
		[NOTE_UNREGISTERED] = "no asset is known there that is not retired",
		[NOTE_SERVICE] = "a service of the network",
		[NOTE_DIRECTION] = "followed; which way it goes is not known",
		[NOTE_ZONE] = "followed; the zone of an end is not known, nor whether a device "
			      "stands between",
	};
	const struct boundary_graph *g = set->graph;
	const char *conduit =
		note->conduit != BOUNDARY_NONE ? g->conduits[note->conduit].id : "";

	if (note->flow != BOUNDARY_NONE) {
		add_peers(set, note, out);
		str_adds(out, ": ");
	}
	switch (note->kind) {
	case NOTE_DEVICE:
		str_addf(out,
			conduit[0] ? "conduit %s, boundary device %s" :
			"it is a boundary device",
			conduit, conduit[0] ? g->conduits[note->conduit].device : "");
		break;
	case NOTE_WINDOW:
		str_addf(out, "not seen for %d days", set->rule.window_days);
		break;
	case NOTE_KIND:
		str_addf(out, "%s flows are not followed",
			boundary_class_name(g->flows[note->flow].kind));
		break;
	case NOTE_CROSSING:
		str_addf(out,
			conduit[0] ? "followed; conduit %s has no boundary device" :
			"followed; it leaves its zone and no conduit is registered%s",
			conduit);
		break;
	case NOTE_UNOBSERVED:
		str_addf(out,
			"no flow was seen of %u assets of system %s; what they talk with is "
			"not known",
			note->n_peers, g->systems[note->system].id);
		break;
	case NOTE_NO_ASSETS:
		str_addf(out, "system %s has no assets%s", g->systems[note->system].id,
			g->systems[note->system].external ? ": it is somebody else's" : "");
		break;
	case NOTE_NO_BUSINESS:
		str_addf(out,
			"no key business is stated to need system %s as strongly as the rule "
			"asks",
			g->systems[set->system].id);
		break;
	case NOTE_NOT_MET:
		str_addf(out, "conduit %s: boundary device %s is none of the assets", conduit,
			g->conduits[note->conduit].device);
		break;
	default:
		str_adds(out, words[note->kind]);
	}
}

/* ---- equality ---------------------------------------------------------------------------- */

static void add_ends(
	const struct boundary_set *set, uint32_t flow, uint32_t conduit, struct str *out)
{
	str_addc(out, '\t');
	if (flow != BOUNDARY_NONE)
		boundary_flow_words(&set->graph->flows[flow], out);
	str_addc(out, '\t');
	if (conduit != BOUNDARY_NONE)
		str_addf(out, "%s\t%s", set->graph->conduits[conduit].id,
			set->graph->conduits[conduit].device);
	str_addc(out, '\n');
}

void boundary_canonical(const struct boundary_set *set, struct str *out)
{
	const struct boundary_graph *g = set->graph;

	str_addf(out, "system\t%s\nrule\t", g->systems[set->system].id);
	boundary_rule_words(&set->rule, out);
	str_addc(out, '\n');
	for (uint32_t i = 0; i < set->n_businesses; i++)
		str_addf(out, "business\t%s\n", g->businesses[set->businesses[i]].id);
	for (uint32_t i = 0; i < set->n_roots; i++)
		str_addf(out, "root\t%s\t%d\t%s\n", g->systems[set->roots[i].system].id,
			(int)set->roots[i].why,
			set->roots[i].via == BOUNDARY_NONE
				? ""
				: g->systems[set->roots[set->roots[i].via].system].id);
	for (uint32_t i = 0; i < set->n_members; i++) {
		const struct boundary_member *m = &set->members[i];

		str_addf(out, "member\t%" PRIu64 "\t%s\t%s\t%" PRIu64 "\t%s",
			g->assets[m->asset].id, boundary_why_name(m->why),
			g->systems[set->roots[m->root].system].id,
			m->via != BOUNDARY_NONE ? g->assets[set->members[m->via].asset].id : 0,
			m->observed ? "observed" : "not observed");
		add_ends(set, m->flow, m->conduit, out);
	}
	for (uint32_t i = 0; i < set->n_notes; i++) {
		const struct boundary_note *n = &set->notes[i];

		str_addf(out, "note\t%s\t%" PRIu64 "\t%s", boundary_note_name(n->kind),
			n->member != BOUNDARY_NONE ? g->assets[set->members[n->member].asset].id
						   : 0,
			n->system != BOUNDARY_NONE ? g->systems[n->system].id : "");
		add_ends(set, n->flow, n->conduit, out);
	}
}
