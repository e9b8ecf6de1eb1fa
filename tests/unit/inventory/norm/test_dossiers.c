/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shipped packs and the dossier: what they select is there by that name, and of each pack one
 * subject is judged from its dossier. Examples give facts by hand, and would not notice either.
 */
#include "tests/unit/unit.h"

#include "inventory/norm/dossier.h"
#include "inventory/norm/embedded.h"
#include "inventory/norm/evaluate.h"
#include "inventory/norm/graph.h"
#include "inventory/norm/safexml.h"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new((size_t)16 * 1024 * 1024);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* ---- names --------------------------------------------------------------------------- */

static bool is_among(const char *const *names, size_t n, const char *text, size_t size)
{
	for (size_t i = 0; i < n && names[i]; i++)
		if (strlen(names[i]) == size && memcmp(names[i], text, size) == 0)
			return true;
	return false;
}

/* Of an element, or of any where none is named. */
static bool has_attribute(enum dossier_unit unit, const char *of, const char *text, size_t size)
{
	static const char *const evidence[] = {"grade", "as-of", "document"};
	const struct dossier_element *element = dossier_elements(unit);

	for (; element->name; element++)
		if ((!of || strcmp(of, element->name) == 0) &&
			is_among(element->values, DOSSIER_VALUES_MAX, text, size))
			return true;
	return is_among(evidence, ARRAY_SIZE(evidence), text, size);
}

static bool has_element(enum dossier_unit unit, const char *text, size_t size)
{
	const struct dossier_element *element = dossier_elements(unit);

	for (; element->name; element++)
		if (is_among(&element->name, 1, text, size))
			return true;
	return false;
}

static void check_names(const struct pack *pack, const struct pack_path *path)
{
	static const char *const operators[] = {"and", "or", "div", "mod"};
	enum dossier_unit unit = dossier_unit_find(pack_unit_name(pack->unit));
	const char *at = path->text, *end = at + strlen(at);
	bool is_attribute = false;

	for (;;) {
		struct expr_token token = expr_token(&at, end);
		const char *peek = at;
		struct expr_token behind = expr_token(&peek, end);

		if (token.kind == TOKEN_END)
			return;
		if (token.kind == TOKEN_NAME &&
			(is_attribute ||
				(!expr_token_is(&behind, "(") && !expr_token_is(&behind, ":") &&
					!is_among(operators, ARRAY_SIZE(operators), token.text,
						token.n))) &&
			!(is_attribute ? has_attribute(unit,
						 path->direct ? path->element : NULL,
						 token.text, token.n)
				       : has_element(unit, token.text, token.n)))
			fail_msg("%s: \"%.*s\" of %s is in no dossier of a %s", pack->id,
				(int)token.n, token.text, path->text, dossier_unit_name(unit));
		is_attribute = expr_token_is(&token, "@");
	}
}

static void what_packs_select_is_there(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < norm_embedded_n; i++) {
		const struct norm_embedded *file = &norm_embedded_files[i];
		_cleanup_(pack_freep) struct pack *pack = NULL;
		struct error err = {0};

		if (strcmp(file->name + strlen(file->name) - 4, ".xml") != 0)
			continue;
		if (pack_parse(file->name, file->bytes, file->size, &pack, &err) < 0)
			fail_msg("%s", err.text);
		for (uint16_t f = 0; f < pack->n_facts; f++) {
			const struct pack_fact *fact = &pack->facts[f];
			const struct pack_path *const paths[] = {&fact->select, &fact->exists,
				&fact->over, &fact->closed, &fact->cadence.event,
				&fact->cadence.since, &fact->distinct, &fact->member};

			for (size_t k = 0; k < ARRAY_SIZE(paths); k++)
				if (paths[k]->compiled) {
					check_names(pack, paths[k]);
					n++;
				}
		}
	}
	assert_true(n > 100);
}

/* ---- one subject of each ------------------------------------------------------------- */

#define E " grade='attested' as-of='2026-11-01' document='D-1'/>"
#define METRIC(name, value, unit) "<metric name='" name "' value='" value "' unit='" unit "'" E
#define ANSWER(pack, criterion, met) "<answer pack='" pack "' criterion='" criterion \
	"' met='" met "' official='Office 7'" E
#define DAMAGE(aspect, object, degree) "<damage aspect='" aspect "' object='" object \
	"' degree='" degree "'" E
#define RAN(id, ended, ports, covered) "<run id='" id "' started='" ended "' ended='" ended \
	"' methods='syn' vantage='internal' ports='" ports "' covered='" covered \
	"' grade='measured' as-of='" ended "' document='run " id "'/>"
#define FILED "<filing form-no='1' received='2025-01-20' issued='2025-01-25' " \
	"valid-until='2028-07-21' status='filed'" E
#define ASSESSED(on) "<assessment kind='tier' on='" on "'" E

/* Judged on 2026-11-24. A system is alone in its graph, and was surveyed. */
static const struct subject {
	const char *pack, *attributes, *content;
	const char *outcome, *met, *needed;
} subjects[] = {
	{"cn.cadence.2007", "",
		"<tier s='2' a='4' final='4' determined='2025-01-10'" E FILED ASSESSED(
			"2026-02-01"),
		"overdue", "A4", ""},
	{"cn.cadence.2025", "",
		"<tier s='2' a='4' final='4' determined='2025-01-10'" E FILED ASSESSED(
			"2026-02-01"),
		"in-time", "", ""},
	{"cn.guide.2016", "",
		ANSWER("cn.guide.2016", "GA", "yes") METRIC("daily-visits", "1000001", "visit")
			METRIC("affected-persons", "9000000", "household"),
		"cii", "GA A2", ""},
	{"cn.mlps.gb22240-2020", "kind='information-system' class='core-business'",
		DAMAGE("s", "rights", "none") DAMAGE("s", "order", "general")
			DAMAGE("s", "security", "none") DAMAGE("a", "rights", "serious")
				DAMAGE("a", "order", "serious") DAMAGE("a", "security", "none"),
		"3", "", ""},
	{"eu.nis2", "sector='water'", METRIC("staff", "300", "person"), "essential", "S1 L1 M1",
		""},
	{"iec.62443-3-2", "purdue-level='2' sl-t='2'",
		"<system id='s' name='S' class='industrial-control' assets='2'" E
		"<asset id='1' name='sis' role='controller' tags='safety'" E
		"<asset id='2' name='plc' role='controller'" E
		"<conduit id='c' name='Link' other='dmz'" E
		"<crossing other='dmz' flows='3' conduit='yes'" E,
		"violated", "Z2 Z7 L1", ""},
	{"us.bod23-01", "",
		RAN("1", "2026-11-01", "yes", "whole") RAN("2", "2026-11-08", "no", "whole")
			RAN("3", "2026-11-15", "no", "whole") RAN("4", "2026-11-20", "no",
				"whole") RAN("5", "2026-11-21", "yes", "part"),
		"overdue", "E1", ""},
	{"us.nerc.cip-002", "sector='energy.power'",
		"<controls complete='yes'" E "<unit id='g1' mw='800' interconnection='east'" E
		"<unit id='g2' mw='800' kv='220' interconnection='west'" E
		"<unit id='l1' kv='345' lines='2'" E
		"<unit id='l2' kv='230' lines='1'" E METRIC("connected-stations", "3",
			"station") METRIC("impact-minutes", "5", "minute")
			ANSWER("us.nerc.cip-002", "H1", "no") ANSWER("us.nerc.cip-002", "H2",
				"no") ANSWER("us.nerc.cip-002", "H3", "no"),
		"medium", "T15 G1 V2", ""},
	{"x.egov.website", "sector='e-government'", METRIC("daily-visits", "2000000", "visit"),
		"cii", "C3", ""},
	{"x.energy.power", "sector='energy.power'",
		"<supports complete='yes'" E "<controls complete='yes'" E
		"<support business='b' strength='essential' key='yes' "
		"function='distribution-dispatch' rto-hours='4' fallback-hours='8'" E
		"<unit id='g1' mw='1500'" E "<unit id='l1' kv='345' lines='2'" E METRIC(
			"customers-served", "99999", "person") "<tier final='2'" E,
		"cii", "A1 A3 A4", ""},
	{"x.telecom.core", "sector='telecom.fixed' service-scope='prefecture'",
		"<supports complete='yes'" E
		"<support business='b' strength='essential' key='yes' "
		"function='recursive-dns'" E METRIC("subscribers", "2000000", "person"),
		"not", "B2", ""},
	{"x.telecom.core", "sector='telecom.fixed' service-scope='province'",
		"<support business='b' strength='essential' key='yes' "
		"function='recursive-dns'" E,
		"cii", "B1", ""},
};

/* Elements and attributes of a test that no register could give prove nothing. */
static void check_dossier(enum dossier_unit unit, const xmlNode *node)
{
	const char *name = (const char *)node->name;

	if (!has_element(unit, name, strlen(name)))
		fail_msg("no dossier of a %s has <%s>", dossier_unit_name(unit), name);
	for (const xmlAttr *a = node->properties; a; a = a->next)
		if (!has_attribute(
			    unit, name, (const char *)a->name, strlen((const char *)a->name)))
			fail_msg("no <%s> of a %s has %s", name, dossier_unit_name(unit),
				a->name);
	for (const xmlNode *child = safexml_child(node, NULL); child;
		child = safexml_next(child, NULL))
		check_dossier(unit, child);
}

static void read_facts(const struct pack *pack, const struct subject *subject,
	struct fact_value *values)
{
	static const struct graph_node node = {
		"s", "energy", "o", true, 9, "2026-11-01", "D-1", 0, false};
	enum dossier_unit unit = dossier_unit_find(pack_unit_name(pack->unit));
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	_cleanup_(graph_freep) struct graph *graph = NULL;
	struct str text = STR_INIT(1 << 20);
	int64_t day = facts_day_parse("2026-11-24");
	struct error err = {0};

	str_addf(&text, "<%s id='s' name='S' %s grade='attested' as-of='2026-11-01' "
		"document='D-1'>%s</%s>", dossier_unit_name(unit), subject->attributes,
		subject->content, dossier_unit_name(unit));
	if (safexml_parse_own(text.data, text.len, &dossier, &err) < 0 ||
		facts_extract(pack, dossier, day, arena, values, &err) < 0 ||
		graph_new(&(struct graph_input){.nodes = &node, .n_nodes = 1}, &graph, &err) <
			0)
		fail_msg("%s: %s", subject->pack, err.text);
	check_dossier(unit, xmlDocGetRootElement(dossier));
	for (uint16_t i = 0; i < pack->n_facts; i++)
		if (pack->facts[i].graph.kind != GRAPH_NONE &&
			graph_fact(graph, "s", &pack->facts[i], day, arena, &values[i], &err) <
				0)
			fail_msg("%s: %s", subject->pack, err.text);
	str_done(&text);
}

static void judge(const struct subject *subject)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	struct fact_value values[PACK_FACTS_MAX];
	struct str path = STR_INIT(512), met = STR_INIT(512), needed = STR_INIT(4096);
	struct evaluation evaluation;
	struct error err = {0};

	str_addf(&path, "shipped:%s", subject->pack);
	if (pack_load(path.data, &pack, &err) < 0)
		fail_msg("%s", err.text);
	read_facts(pack, subject, values);
	if (evaluate_pack(pack, values, &evaluation, &err) < 0)
		fail_msg("%s", err.text);
	for (uint16_t i = 0; i < pack->n_criteria; i++)
		if (evaluation.criteria[i] == TRUTH_TRUE)
			str_addf(&met, "%s%s", met.len ? " " : "", pack->criteria[i].id);
	evaluation_fact_names(pack, evaluation.needed, &needed);
	if (strcmp(outcome_name(pack, evaluation.outcome), subject->outcome) != 0 ||
		strcmp(met.data ? met.data : "", subject->met) != 0 ||
		strcmp(needed.data ? needed.data : "", subject->needed) != 0)
		fail_msg("%s: %s, met: %s, needed: %s", subject->pack,
			outcome_name(pack, evaluation.outcome), met.data, needed.data);
	str_done(&path);
	str_done(&met);
	str_done(&needed);
}

static void a_subject_of_each_is_judged(void **state)
{
	size_t packs = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(subjects); i++)
		judge(&subjects[i]);
	for (size_t i = 0; i < norm_embedded_n; i++) {
		const char *name = norm_embedded_files[i].name;
		size_t k = 0, stem = strlen(name) - 4;

		if (strcmp(name + stem, ".xml") != 0)
			continue;
		while (k < ARRAY_SIZE(subjects) && !is_among(&subjects[k].pack, 1, name, stem))
			k++;
		if (k == ARRAY_SIZE(subjects))
			fail_msg("%s has no dossier here", name);
		packs++;
	}
	assert_true(packs > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_packs_select_is_there),
		cmocka_unit_test(a_subject_of_each_is_judged),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
