/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of the domain over random registers and every pack for systems that comes with the
 * program: a register is a handful of systems with what is stated of them and the dependencies
 * between them; the dossier of one and its graph facts are judged, before and after something
 * happens to the register.
 */
#include "tests/unit/unit.h"

#include "inventory/norm/evaluate.h"
#include "inventory/norm/graph.h"
#include "inventory/norm/safexml.h"

#include <glob.h>
#include <stdio.h>

#define REGISTERS 10000
#define SYSTEMS 6  /* the first one is judged; the last two have to do with nobody else */
#define STRANGERS 2
#define EDGES_MAX 12
#define PACKS_MAX 16
#define FORMS ARRAY_SIZE(forms)
#define TODAY "2026-11-27"

/* ---- what may be stated ------------------------------------------------------------------ */

/* An element of a dossier with one of its values, those of harm from the least to the most. */
static const struct form {
	const char *text; /* %s: the value */
	const char *values[5];
	bool harm, key; /* key: at most one system in eight does without */
} forms[] = {
	{"tier s=\"%1$s\" a=\"%1$s\" final=\"%1$s\" determined=\"2025-03-01\"",
		{"1", "2", "3", "4", "5"}, true, true},
	{"damage aspect=\"s\" object=\"rights\" degree=\"%s\"", {"none", "general", "serious"},
		true, true},
	{"damage aspect=\"s\" object=\"order\" degree=\"%s\"", {"none", "general", "serious"},
		true, true},
	{"damage aspect=\"s\" object=\"security\" degree=\"%s\"",
		{"none", "general", "serious"}, true, true},
	{"damage aspect=\"a\" object=\"rights\" degree=\"%s\"", {"none", "general", "serious"},
		true, true},
	{"damage aspect=\"a\" object=\"order\" degree=\"%s\"", {"none", "general", "serious"},
		true, true},
	{"damage aspect=\"a\" object=\"security\" degree=\"%s\"",
		{"none", "general", "serious"}, true, true},
	{"filing status=\"%s\" valid-until=\"2028-01-01\"", {"returned", "filed"}, false,
		false},
	{"assessment kind=\"tier\" on=\"%s\"", {"2023-01-01", "2026-01-01"}, false, false},
	{"assessment kind=\"risk\" on=\"%s\"", {"2023-01-01", "2026-01-01"}, false, false},
	{"metric name=\"customers-served\" unit=\"person\" value=\"%s\"",
		{"0", "99999", "100000", "5000000"}, true, true},
	{"metric name=\"subscribers\" unit=\"person\" value=\"%s\"", {"0", "999999", "1000000"},
		true, true},
	{"metric name=\"daily-visits\" unit=\"visit\" value=\"%s\"",
		{"0", "1000000", "1000001"}, true, true},
	{"metric name=\"affected-persons\" unit=\"person\" value=\"%s\"",
		{"0", "1000000", "1000001"}, true, true},
	{"metric name=\"affected-share\" unit=\"percent\" value=\"%s\"", {"0", "29.9", "30"},
		true, true},
	{"metric name=\"personal-information\" unit=\"person\" value=\"%s\"",
		{"0", "1000000", "1400000"}, true, true},
	{"metric name=\"registered-users\" unit=\"person\" value=\"%s\"",
		{"0", "10000000", "10000001"}, true, true},
	{"metric name=\"daily-active-users\" unit=\"person\" value=\"%s\"",
		{"0", "1000000", "1000001"}, true, true},
	{"metric name=\"daily-transactions\" unit=\"yuan\" value=\"%s\"",
		{"0", "10000000", "10000001"}, true, true},
	{"metric name=\"direct-loss\" unit=\"yuan\" value=\"%s\"",
		{"0", "50000000", "50000001"}, true, true},
	{"metric name=\"deaths\" unit=\"person\" value=\"%s\"", {"0", "4", "5"}, true, true},
	{"metric name=\"serious-injuries\" unit=\"person\" value=\"%s\"", {"0", "49", "50"},
		true, true},
	{"metric name=\"standard-racks\" unit=\"rack\" value=\"%s\"", {"0", "1500", "1501"},
		true, true},
	{"metric name=\"load-shedding\" unit=\"MW\" value=\"%s\"", {"0", "299", "300"}, true,
		true},
	{"metric name=\"impact-minutes\" unit=\"minute\" value=\"%s\"", {"5", "15", "60"},
		false, true},
	{"supports complete=\"%s\"", {"no", "yes"}, false, true},
	{"controls complete=\"%s\"", {"no", "yes"}, false, true},
	{"support business=\"b1\" key=\"yes\" strength=\"%s\" "
	 "function=\"distribution-dispatch\" rto-hours=\"4\" fallback-hours=\"8\"",
		{"supporting", "important", "essential"}, true, false},
	{"support business=\"b2\" key=\"no\" strength=\"essential\" function=\"%s\" "
	 "rto-hours=\"8\" fallback-hours=\"4\"",
		{"website", "emergency-calls", "backbone", "control-centre"}, false, false},
	{"unit id=\"u1\" mw=\"%s\" kv=\"345\" lines=\"2\" interconnection=\"east\"",
		{"0", "1499", "1500"}, true, false},
	{"unit id=\"u2\" mw=\"%s\" kv=\"230\" lines=\"1\" interconnection=\"east\"",
		{"0", "1", "3000"}, true, false},
	{"answer pack=\"x.egov.website\" criterion=\"C5\" met=\"%s\" official=\"o\"",
		{"no", "yes"}, false, false},
	{"answer pack=\"cn.mlps.gb22240-2020\" criterion=\"P1\" met=\"%s\" official=\"o\"",
		{"no", "yes"}, false, false},
	{"designation outcome=\"cii\" list-no=\"CII-2025-001\" decided=\"%s\"",
		{"2025-01-01", "2026-06-01"}, false, false},
};

static const char *const ids[SYSTEMS] = {"a", "c", "e", "g", "b", "d"};
static const char *const sectors[] = {
	"energy.power", "telecom.public", "e-government.portal", "finance"};
static const char *const classes[] = {
	"industrial-control", "cloud-platform", "big-data-platform", "government-website"};
static const char *const kinds[] = {"information-system", "network-facility", "data-resource"};
static const char *const scopes[] = {"county", "prefecture", "province", "nation"};

/* One element of the system that is judged. */
struct stated {
	bool there, withdrawn; /* withdrawn: by evidence of a grade that no pack takes */
	uint8_t value;
};

struct registry {
	struct stated of[FORMS];
	uint8_t sector, class, kind, scope;
	struct graph_node nodes[SYSTEMS]; /* in the order of `ids` */
	struct graph_edge edges[EDGES_MAX];
	size_t n_nodes, n_edges, n_joined;
};

static struct pack *packs[PACKS_MAX];
static size_t n_packs;
static struct evaluator *evaluator;
static struct arena *arena;
static uint64_t seed = 20261127;

static uint32_t roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % n;
}

static uint8_t n_values(const struct form *form)
{
	uint8_t n = 0;

	while (n < ARRAY_SIZE(form->values) && form->values[n])
		n++;
	return n;
}

static int set_up(void **state)
{
	struct error err = {0};
	glob_t found;

	(void)state;
	arena = arena_new((size_t)64 * 1024 * 1024);
	if (!arena || evaluator_new(&evaluator, NULL) < 0 ||
		glob(NORMS "/*.xml", 0, NULL, &found) != 0)
		return -1;
	for (size_t i = 0; i < found.gl_pathc && n_packs < PACKS_MAX; i++) {
		struct pack *pack;

		if (pack_load(found.gl_pathv[i], &pack, &err) < 0)
			fail_msg("%s", err.text);
		if (strcmp(pack_unit_name(pack->unit), "system") == 0)
			packs[n_packs++] = pack;
		else
			pack_free(pack);
	}
	globfree(&found);
	return n_packs >= 8 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_packs; i++)
		pack_free(packs[i]);
	evaluator_free(evaluator);
	arena_free(arena);
	return 0;
}

/* ---- registers --------------------------------------------------------------------------- */

static void random_edges(struct registry *r, uint32_t first, uint32_t n, size_t count)
{
	for (size_t i = 0; i < count; i++)
		r->edges[r->n_edges++] = (struct graph_edge){.from = ids[first + roll(n)],
			.on = ids[first + roll(n)],
			.strength = (enum strength)roll(3),
			.as_of = roll(8) ? "2026-11-10" : "2020-01-01",
			.carried = roll(3) == 0};
}

/* Everything stated of the one system, and the others as a graph. */
static void random_register(struct registry *r)
{
	*r = (struct registry){.sector = (uint8_t)roll(4), .class = (uint8_t)roll(4),
		.kind = (uint8_t)roll(3), .scope = (uint8_t)roll(4)};
	for (size_t i = 0; i < FORMS; i++)
		r->of[i] = (struct stated){.there = roll(8) < (forms[i].key ? 7 : 4),
			.value = (uint8_t)roll(n_values(&forms[i]))};
	for (int i = 0; i < SYSTEMS; i++)
		r->nodes[i] = (struct graph_node){.id = ids[i],
			.sector = sectors[roll(4)],
			.organisation = roll(2) ? "o" : "p",
			.complete = roll(2),
			.hops = (uint8_t)(1 + roll(3)),
			.as_of = roll(8) ? "2026-11-01" : "2020-01-01",
			.document = "D",
			.tier = (uint8_t)roll(5),
			.designated = roll(4) == 0};
	random_edges(r, 0, SYSTEMS - STRANGERS, roll(EDGES_MAX - STRANGERS));
	r->n_joined = r->n_edges;
	r->n_nodes = SYSTEMS - STRANGERS;
}

static void add_strangers(struct registry *r)
{
	r->n_nodes = SYSTEMS;
	random_edges(r, SYSTEMS - STRANGERS, STRANGERS, roll(STRANGERS + 1));
}

static void write_dossier(const struct registry *r, struct str *out)
{
	str_reset(out);
	str_addf(out,
		"<system id=\"a\" organisation=\"o\" sector=\"%s\" class=\"%s\" kind=\"%s\" "
		"service-scope=\"%s\" function=\"f\" lifecycle=\"in-service\" "
		"grade=\"attested\" as-of=\"2026-11-01\" document=\"S\">\n",
		sectors[r->sector], classes[r->class], kinds[r->kind], scopes[r->scope]);
	for (size_t i = 0; i < FORMS; i++) {
		if (!r->of[i].there)
			continue;
		str_addc(out, '<');
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		str_addf(out, forms[i].text, forms[i].values[r->of[i].value]);
#pragma GCC diagnostic pop
		str_addf(out, " grade=\"%s\" as-of=\"2026-11-01\" document=\"D-%zu\"/>\n",
			r->of[i].withdrawn ? "claimed" : "attested", i);
	}
	str_adds(out, "</system>\n");
}

/* ---- judging ----------------------------------------------------------------------------- */

/* What every pack says, as it would be kept. */
struct said {
	struct evaluation evaluations[PACKS_MAX];
	struct str bytes[PACKS_MAX]; /* facts, then the explanation */
	size_t n_inputs[PACKS_MAX];
};

static int compare_nodes(const void *a, const void *b)
{
	return strcmp(((const struct graph_node *)a)->id, ((const struct graph_node *)b)->id);
}

static void ask_graph(
	const struct graph *graph, const struct pack *pack, struct fact_value *values)
{
	struct error err = {0};

	for (uint16_t i = 0; i < pack->n_facts; i++)
		if (pack->facts[i].graph.kind != GRAPH_NONE &&
			graph_fact((struct graph *)graph, "a", &pack->facts[i],
				facts_day_parse(TODAY), arena, &values[i], &err) < 0)
			fail_msg("%s", err.text);
}

static void keep_said(struct said *said, size_t pack, const struct fact_value *values)
{
	struct evaluation *evaluation = &said->evaluations[pack];
	struct error err = {0};

	if (evaluator_run(evaluator, packs[pack], values, evaluation, &err) < 0)
		fail_msg("%s", err.text);
	str_reset(&said->bytes[pack]);
	evaluation_inputs(packs[pack], values, &said->bytes[pack]);
	said->n_inputs[pack] = said->bytes[pack].len;
	evaluation_explain(packs[pack], values, evaluation, &said->bytes[pack]);
}

static void judge(const struct registry *r, struct said *said)
{
	_cleanup_(str_done) struct str text = STR_INIT(1 << 20);
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	_cleanup_(graph_freep) struct graph *graph = NULL;
	struct graph_node sorted[SYSTEMS];
	struct error err = {0};

	arena_reset(arena);
	write_dossier(r, &text);
	memcpy(sorted, r->nodes, sizeof(sorted));
	qsort(sorted, r->n_nodes, sizeof(*sorted), compare_nodes);
	if (safexml_parse_own(text.data, text.len, &dossier, &err) < 0 ||
		graph_new(&(struct graph_input){sorted, r->n_nodes, r->edges, r->n_edges, NULL,
				  0},
			&graph, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < n_packs; i++) {
		struct fact_value values[PACK_FACTS_MAX];

		if (evaluator_facts(evaluator, packs[i], dossier, facts_day_parse(TODAY), arena,
			    values, &err) < 0)
			fail_msg("%s", err.text);
		ask_graph(graph, packs[i], values);
		keep_said(said, i, values);
	}
}

static void said_init(struct said *said)
{
	for (size_t i = 0; i < n_packs; i++)
		said->bytes[i] = STR_INIT(EVALUATION_TEXT_MAX);
}

static void said_done(struct said *said)
{
	for (size_t i = 0; i < n_packs; i++)
		str_done(&said->bytes[i]);
}

/* ---- laws -------------------------------------------------------------------------------- */

/* What happens to a register; false: it cannot happen to this one. */
typedef bool (*event)(struct registry *r);
/* And what must hold then; true if it was worth looking. */
typedef bool (*law)(const struct said *before, const struct said *after, size_t pack);

static void holds_of_all(event happens, law holds, int least)
{
	static struct said before, after;
	int seen = 0, tried = 0;

	said_init(&before);
	said_init(&after);
	while (tried < REGISTERS) {
		struct registry r;

		random_register(&r);
		judge(&r, &before);
		if (!happens(&r))
			continue;
		tried++;
		judge(&r, &after);
		for (size_t i = 0; i < n_packs; i++)
			seen += holds(&before, &after, i);
	}
	assert_true(seen > least);
	said_done(&before);
	said_done(&after);
}

static void disagree(
	const char *what, const struct said *before, const struct said *after, size_t pack)
{
	printf("before:\n%s\nafter:\n%s\n", before->bytes[pack].data, after->bytes[pack].data);
	fail_msg("%s %s", packs[pack]->id, what);
}

static bool nothing_happens(struct registry *r)
{
	(void)r;
	return true;
}

static bool says_the_same(const struct said *before, const struct said *after, size_t pack)
{
	if (strcmp(before->bytes[pack].data, after->bytes[pack].data) != 0)
		disagree("is not the same", before, after, pack);
	return before->evaluations[pack].outcome != OUTCOME_NOT_APPLICABLE;
}

static void the_same_inputs_give_the_same_bytes(void **state)
{
	(void)state;
	holds_of_all(nothing_happens, says_the_same, REGISTERS);
}

static bool strangers_come(struct registry *r)
{
	add_strangers(r);
	return true;
}

static void an_unrelated_system_changes_nothing(void **state)
{
	(void)state;
	holds_of_all(strangers_come, says_the_same, REGISTERS);
}

/* Of what is stated of the system itself; its dependencies are what they were. */
static bool something_is_withdrawn(struct registry *r)
{
	struct stated *one = &r->of[roll(FORMS)];

	one->withdrawn = true;
	return one->there;
}

static bool moves_towards_review(
	const struct said *before, const struct said *after, size_t pack)
{
	uint32_t then = before->evaluations[pack].possible,
		 now = after->evaluations[pack].possible;

	if ((then & now) != then)
		disagree("lost an outcome", before, after, pack);
	return then != now;
}

static void withdrawn_evidence_moves_towards_review(void **state)
{
	(void)state;
	holds_of_all(something_is_withdrawn, moves_towards_review, 500);
}

static bool harm_grows(struct registry *r)
{
	size_t i = roll(FORMS);
	struct stated *one = &r->of[i];

	if (!one->there || !forms[i].harm || one->value + 1 == n_values(&forms[i]))
		return false;
	one->value++;
	return true;
}

/* Outcomes are bits, the lowest first; a cadence is no harm. */
static bool is_not_lowered(const struct said *before, const struct said *after, size_t pack)
{
	uint32_t then = before->evaluations[pack].possible & ~OUTCOME_POSSIBLE_SILENT;
	uint32_t now = after->evaluations[pack].possible & ~OUTCOME_POSSIBLE_SILENT;

	if (strncmp(packs[pack]->id, "cn.cadence", 10) == 0 || !then || !now)
		return false;
	if (__builtin_ctz(now) < __builtin_ctz(then) ||
		__builtin_clz(now) > __builtin_clz(then))
		disagree("is lower", before, after, pack);
	return then != now;
}

static void more_harm_never_lowers(void **state)
{
	(void)state;
	holds_of_all(harm_grows, is_not_lowered, 500);
}

/* The facts as they are kept, read back and judged again. */
static bool replays(const struct said *before, const struct said *after, size_t pack)
{
	static struct said again;
	struct fact_value values[PACK_FACTS_MAX];
	struct error err = {0};

	(void)after;
	if (!again.bytes[pack].max)
		again.bytes[pack] = STR_INIT(EVALUATION_TEXT_MAX);
	if (evaluation_inputs_parse(packs[pack], before->bytes[pack].data,
		    before->n_inputs[pack], arena, values, &err) < 0)
		fail_msg("%s: %s", packs[pack]->id, err.text);
	keep_said(&again, pack, values);
	says_the_same(before, &again, pack);
	str_done(&again.bytes[pack]);
	again.bytes[pack] = STR_INIT(EVALUATION_TEXT_MAX);
	return before->evaluations[pack].outcome > 0;
}

static void what_is_kept_replays(void **state)
{
	(void)state;
	holds_of_all(nothing_happens, replays, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_inputs_give_the_same_bytes),
		cmocka_unit_test(an_unrelated_system_changes_nothing),
		cmocka_unit_test(withdrawn_evidence_moves_towards_review),
		cmocka_unit_test(more_harm_never_lowers),
		cmocka_unit_test(what_is_kept_replays),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
