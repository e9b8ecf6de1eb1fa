/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a norm pack from XML into memory, and its checks; see pack.h. */
#include "inventory/norm/pack.h"

#include "common/file.h"
#include "common/model/digest.h"
#include "common/model/estate.h"
#include "common/text.h"
#include "inventory/norm/embedded.h"
#include "inventory/norm/safexml.h"

#include <stdlib.h>
#include <string.h>

#define SHIPPED "shipped:"
#define ACCEPT_DEFAULT ((1u << GRADE_MEASURED) | (1u << GRADE_ATTESTED))
#define PEOPLE_TEXT_MAX 8192
#define PACK_MEMORY_MAX ((size_t)16 * 1024 * 1024)

int pack_fact_find(const struct pack *pack, const char *name, size_t n)
{
	for (int i = 0; i < pack->n_facts; i++)
		if (strlen(pack->facts[i].name) == n && memcmp(pack->facts[i].name, name, n) == 0)
			return i;
	return -1;
}

int pack_criterion_find(const struct pack *pack, const char *name, size_t n)
{
	for (int i = 0; i < pack->n_criteria; i++)
		if (strlen(pack->criteria[i].id) == n &&
			memcmp(pack->criteria[i].id, name, n) == 0)
			return i;
	return -1;
}

void pack_free(struct pack *pack)
{
	if (!pack)
		return;
	for (int i = 0; i < PACK_FACTS_MAX; i++) {
		struct pack_fact *fact = &pack->facts[i];

		xmlXPathFreeCompExpr(fact->select);
		xmlXPathFreeCompExpr(fact->exists);
		xmlXPathFreeCompExpr(fact->over);
		xmlXPathFreeCompExpr(fact->distinct);
		xmlXPathFreeCompExpr(fact->closed);
	}
	for (int i = 0; i < PACK_ATOMS_MAX; i++)
		xmlXPathFreeCompExpr(pack->atoms[i].compiled);
	xmlFreeDoc(pack->doc);
	arena_free(pack->arena);
	free(pack);
}

/* Says where in the file a check failed. */
static int at_line(const struct pack *pack, int r, long line, const char *element,
	const char *name, struct error *reterr)
{
	return error_wrap(reterr, r, "%s:%ld: %s \"%s\"", pack->name, line, element, name);
}

/* An attribute or content that people will read, clean. NULL stays NULL. */
static const char *people_text(struct pack *pack, const char *text)
{
	struct str clean = STR_INIT(PEOPLE_TEXT_MAX);
	const char *copy = text;

	if (text && !text_is_clean(text, strlen(text))) {
		text_clean(&clean, text, strlen(text), PEOPLE_TEXT_MAX);
		copy = arena_strdup(pack->arena, clean.data);
	}
	str_done(&clean);
	return copy ? copy : "";
}

/* ---- facts --------------------------------------------------------------------------- */

static int parse_days(const char *duration)
{
	return duration ? (int)strtol(duration + 1, NULL, 10) : 0; /* PnD by the schema */
}

static unsigned int parse_grades(const char *text)
{
	unsigned int accept = 0;

	if (!text)
		return ACCEPT_DEFAULT;
	for (int g = 0; g < GRADE_N; g++)
		if (strstr(text, evidence_grade_name((enum evidence_grade)g)))
			accept |= 1u << g;
	return accept;
}

static int compile_attr(const xmlNode *node, const char *name, xmlXPathCompExpr **ret_compiled,
	struct error *reterr)
{
	const char *text = safexml_attr(node, name, NULL);
	int r = text ? pack_xpath_compile(text, ret_compiled, reterr) : 0;

	return r < 0 ? error_wrap(reterr, r, "%s", name) : 0;
}

/* Which attributes go together; anything else is a slip that would change the meaning. */
static int check_fact(const struct pack_fact *fact, struct error *reterr)
{
	if (fact->type == FACT_BOOLEAN) {
		if (fact->select || fact->over || fact->aggregate || fact->distinct)
			return error_set(reterr, ERROR_INPUT,
				"a boolean is found by exists and closed, not by select or aggregate");
		if (!fact->exists || !fact->closed)
			return error_set(reterr, ERROR_INPUT,
				"a boolean needs exists, and closed to say when it is false");
		return 0;
	}
	if (fact->exists)
		return error_set(reterr, ERROR_INPUT, "exists belongs to a fact of type boolean");
	if (fact->aggregate) {
		if (fact->type != FACT_NUMBER)
			return error_set(reterr, ERROR_INPUT, "an aggregate is a number");
		if (!fact->over || !fact->distinct || !fact->closed)
			return error_set(reterr, ERROR_INPUT,
				"an aggregate needs over, distinct and closed");
		if (!fact->select && fact->aggregate != AGGREGATE_COUNT)
			return error_set(reterr, ERROR_INPUT, "this aggregate needs select");
		if (fact->select && fact->aggregate == AGGREGATE_COUNT)
			return error_set(reterr, ERROR_INPUT,
				"a count counts the members of over; it takes no select");
		return 0;
	}
	if (!fact->select)
		return error_set(reterr, ERROR_INPUT, "select is missing");
	if (fact->over || fact->distinct || fact->closed)
		return error_set(reterr, ERROR_INPUT,
			"over, distinct and closed belong to an aggregate");
	return 0;
}

static int parse_xpaths(const xmlNode *node, struct pack_fact *fact, struct error *reterr)
{
	int r = compile_attr(node, "select", &fact->select, reterr);

	if (r == 0)
		r = compile_attr(node, "exists", &fact->exists, reterr);
	if (r == 0)
		r = compile_attr(node, "over", &fact->over, reterr);
	if (r == 0)
		r = compile_attr(node, "distinct", &fact->distinct, reterr);
	if (r == 0)
		r = compile_attr(node, "closed", &fact->closed, reterr);
	return r < 0 ? r : check_fact(fact, reterr);
}

static int parse_fact(const xmlNode *node, struct pack_fact *fact, struct error *reterr)
{
	static const char *const aggregates[] = {"", "sum", "min", "max", "count"};
	const char *type = safexml_attr(node, "type", "");
	const char *aggregate = safexml_attr(node, "aggregate", "");

	fact->type = type[0] == 'n' ? FACT_NUMBER : type[0] == 'b' ? FACT_BOOLEAN : FACT_CODE;
	for (int i = 0; i < 5; i++)
		if (strcmp(aggregates[i], aggregate) == 0)
			fact->aggregate = (enum fact_aggregate)i;
	fact->accept = parse_grades(safexml_attr(node, "accept", NULL));
	return parse_xpaths(node, fact, reterr);
}

static void parse_graph(const xmlNode *node, struct pack_fact *fact)
{
	const char *kind = safexml_attr(node, "kind", "");

	fact->type = FACT_NUMBER;
	fact->accept = 1u << GRADE_DERIVED;
	fact->graph.kind = strcmp(kind, "dependants") == 0 ? GRAPH_DEPENDANTS :
		GRAPH_DISTINCT_SECTORS;
	fact->graph.depth = (uint8_t)strtol(safexml_attr(node, "depth", "1"), NULL, 10);
	fact->graph.min_strength =
		(enum strength)strength_parse(safexml_attr(node, "min-strength", "essential"));
	fact->graph.outward = strcmp(safexml_attr(node, "direction", "in"), "out") == 0;
}

static int add_fact(struct pack *pack, const xmlNode *node, const char *name,
	struct pack_fact **ret_fact, struct error *reterr)
{
	struct pack_fact *fact;

	if (pack->n_facts >= PACK_FACTS_MAX)
		return error_set(reterr, ERROR_INPUT,
			"more than %d facts and judged criteria; split the pack", PACK_FACTS_MAX);
	if (pack_fact_find(pack, name, strlen(name)) >= 0)
		return error_set(reterr, ERROR_INPUT, "the name is used twice");
	fact = &pack->facts[pack->n_facts++];
	fact->name = name;
	fact->unit = people_text(pack, safexml_attr(node, "unit", ""));
	fact->label = people_text(pack, safexml_attr(node, "label", ""));
	fact->max_age_days = parse_days(safexml_attr(node, "max-age", NULL));
	fact->line = safexml_line(node);
	*ret_fact = fact;
	return 0;
}

static int parse_facts(struct pack *pack, const xmlNode *facts, struct error *reterr)
{
	for (xmlNode *node = safexml_child(facts, NULL); node; node = safexml_next(node, NULL)) {
		const char *name = safexml_attr(node, "name", "");
		const char *element = (const char *)node->name;
		struct pack_fact *fact = NULL;
		int r = add_fact(pack, node, name, &fact, reterr);

		if (r == 0 && strcmp(element, "graph") == 0)
			parse_graph(node, fact);
		else if (r == 0)
			r = parse_fact(node, fact, reterr);
		if (r < 0)
			return at_line(pack, r, safexml_line(node), element, name, reterr);
	}
	return 0;
}

/* ---- criteria ------------------------------------------------------------------------ */

/* The fact behind a judged criterion: the newest answer of an official in the dossier. */
static int add_answer(struct pack *pack, const xmlNode *node, struct pack_criterion *criterion,
	struct error *reterr)
{
	struct pack_fact *fact = NULL;
	char *text, *name;
	int r;

	r = add_fact(pack, node, criterion->id, &fact, reterr);
	if (r < 0)
		return r;
	fact->type = FACT_BOOLEAN;
	fact->accept = 1u << GRADE_ATTESTED;
	fact->label = people_text(pack, safexml_attr(node, "question", ""));
	name = arena_printf(pack->arena, "answer[@pack='%s' and @criterion='%s' and @met='yes']",
		pack->id, criterion->id);
	text = arena_printf(pack->arena, "answer[@pack='%s' and @criterion='%s' and @met='no']",
		pack->id, criterion->id);
	if (!name || !text)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the pack");
	r = pack_xpath_compile(name, &fact->exists, reterr);
	if (r == 0)
		r = pack_xpath_compile(text, &fact->closed, reterr);
	text = arena_printf(pack->arena, "$%s", criterion->id);
	return r < 0 ? r : pack_test_parse(pack, text, &criterion->test, reterr);
}

static int parse_requires(struct pack *pack, const char *list, struct pack_criterion *criterion,
	struct error *reterr)
{
	while (*(list += strspn(list, " \t\r\n"))) {
		size_t n = strcspn(list, " \t\r\n");
		int other = pack_criterion_find(pack, list, n);

		if (other < 0)
			return error_set(reterr, ERROR_INPUT,
				"requires \"%.*s\", which is not a criterion standing before it (so "
				"that requirements cannot run in a circle)", (int)n, list);
		if (criterion->n_requires >= PACK_REQUIRES_MAX)
			return error_set(reterr, ERROR_INPUT, "requires more than %d criteria",
				PACK_REQUIRES_MAX);
		criterion->requires[criterion->n_requires++] = (uint8_t)other;
		list += n;
	}
	return 0;
}

static int parse_criterion(struct pack *pack, const xmlNode *node,
	struct pack_criterion *criterion, struct error *reterr)
{
	const char *test = safexml_attr(node, "test", NULL);
	const char *question = safexml_attr(node, "question", NULL);
	xmlNode *text = node->children;
	int r;

	criterion->factor = safexml_attr(node, "factor", "");
	criterion->basis = people_text(pack, safexml_attr(node, "basis", ""));
	criterion->weight = (int)strtol(safexml_attr(node, "weight", "0"), NULL, 10);
	criterion->bright = strcmp(safexml_attr(node, "bright-line", "no"), "yes") == 0;
	criterion->judged = safexml_attr(node, "judged-by", NULL) != NULL;
	criterion->text = people_text(pack, text ? (const char *)text->content : "");
	criterion->line = safexml_line(node);
	if (criterion->judged ? (test || !question) : (!test || question))
		return error_set(reterr, ERROR_INPUT,
			"give either a test, or judged-by=\"official\" with a question");
	if (criterion->judged)
		r = add_answer(pack, node, criterion, reterr);
	else
		r = pack_test_parse(pack, test, &criterion->test, reterr);
	return r < 0 ? r : parse_requires(pack, safexml_attr(node, "requires", ""), criterion,
		reterr);
}

static int parse_criteria(struct pack *pack, const xmlNode *criteria, struct error *reterr)
{
	xmlNode *node = safexml_child(criteria, "criterion");

	for (; node; node = safexml_next(node, "criterion")) {
		const char *id = safexml_attr(node, "id", "");
		struct pack_criterion criterion = {.id = id};
		int r;

		if (pack_criterion_find(pack, id, strlen(id)) >= 0)
			r = error_set(reterr, ERROR_INPUT, "the id is used twice");
		else
			r = parse_criterion(pack, node, &criterion, reterr);
		if (r < 0)
			return at_line(pack, r, safexml_line(node), "criterion", id, reterr);
		pack->criteria[pack->n_criteria++] = criterion;
	}
	return 0;
}

/* ---- the rest ------------------------------------------------------------------------ */

static int parse_examples(struct pack *pack, const xmlNode *examples, struct error *reterr)
{
	xmlNode *node = safexml_child(examples, "example");

	pack->examples = arena_alloc(pack->arena, PACK_EXAMPLES_MAX * sizeof(*pack->examples));
	if (!pack->examples)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the pack");
	for (; node && pack->n_examples < PACK_EXAMPLES_MAX; node = safexml_next(node, "example")) {
		const char *score = safexml_attr(node, "score", NULL);
		struct pack_example *example = &pack->examples[pack->n_examples++];

		example->node = node;
		example->name = people_text(pack, safexml_attr(node, "name", ""));
		example->outcome = safexml_attr(node, "outcome", "");
		example->missing = safexml_attr(node, "missing", "");
		example->met = safexml_attr(node, "met", NULL);
		example->score = score ? (int)strtol(score, NULL, 10) : -1;
		example->line = safexml_line(node);
		for (xmlNode *given = safexml_child(node, "given"); given;
			given = safexml_next(given, "given")) {
			const char *name = safexml_attr(given, "fact", "");

			if (pack_fact_find(pack, name, strlen(name)) < 0)
				return error_set(reterr, ERROR_INPUT,
					"%s:%ld: example \"%s\" gives \"%s\", which is not a fact of this "
					"pack", pack->name, safexml_line(given), example->name, name);
		}
	}
	return 0;
}

/* A criterion that neither weighs nor decides anything is a slip. */
static int check_use(const struct pack *pack, struct error *reterr)
{
	uint64_t used = 0;

	for (uint16_t i = 0; i < pack->n_outcome_atoms; i++)
		if (pack->outcome_atoms[i].kind == OUTCOME_CRITERION)
			used |= UINT64_C(1) << pack->outcome_atoms[i].criterion;
	for (uint16_t i = 0; i < pack->n_criteria; i++)
		for (uint8_t k = 0; k < pack->criteria[i].n_requires; k++)
			used |= UINT64_C(1) << pack->criteria[i].requires[k];
	for (uint16_t i = 0; i < pack->n_criteria; i++) {
		const struct pack_criterion *c = &pack->criteria[i];

		if (!c->weight && !c->bright && !(used & (UINT64_C(1) << i)))
			return error_set(reterr, ERROR_INPUT,
				"%s:%ld: criterion \"%s\" has no weight, is no bright line and nothing "
				"uses it; give it one of these or remove it", pack->name, c->line, c->id);
	}
	return 0;
}

static void parse_head(struct pack *pack, const xmlNode *root)
{
	const xmlNode *title = safexml_child(root, "title");

	pack->id = safexml_attr(root, "id", "");
	pack->version = safexml_attr(root, "version", "");
	pack->language = safexml_attr(root, "language", "");
	pack->authority = people_text(pack, safexml_attr(root, "authority", ""));
	pack->filed_with = safexml_attr(root, "filed-with", "");
	pack->filing_no = safexml_attr(root, "filing-no", "");
	pack->effective_from = safexml_attr(root, "effective-from", "");
	pack->effective_until = safexml_attr(root, "effective-until", "");
	pack->supersedes = safexml_attr(root, "supersedes", "");
	pack->title = people_text(pack, title && title->children ?
		(const char *)title->children->content : "");
}

static int parse_body(struct pack *pack, struct error *reterr)
{
	const xmlNode *root = xmlDocGetRootElement(pack->doc);
	const xmlNode *applies = safexml_child(root, "applies-to");
	const xmlNode *outcome = safexml_child(root, "outcome");
	int r;

	parse_head(pack, root);
	r = parse_facts(pack, safexml_child(root, "facts"), reterr);
	if (r == 0)
		r = parse_criteria(pack, safexml_child(root, "criteria"), reterr);
	if (r < 0)
		return r;
	if (applies) {
		pack->has_applies = true;
		r = pack_test_parse(pack, safexml_attr(applies, "when", ""), &pack->applies, reterr);
		if (r < 0)
			return at_line(pack, r, safexml_line(applies), "applies-to", pack->id, reterr);
	}
	r = pack_outcome_parse(pack, safexml_attr(outcome, "when", ""), reterr);
	if (r < 0)
		return at_line(pack, r, safexml_line(outcome), "outcome",
			safexml_attr(outcome, "value", ""), reterr);
	r = check_use(pack, reterr);
	return r < 0 ? r : parse_examples(pack, safexml_child(root, "examples"), reterr);
}

int pack_parse(const char *name, const void *bytes, size_t n, struct pack **ret_pack,
	struct error *reterr)
{
	_cleanup_(pack_freep) struct pack *pack = calloc(1, sizeof(*pack));
	uint8_t digest[DIGEST_SIZE];
	int r;

	if (!pack || !(pack->arena = arena_new(PACK_MEMORY_MAX)) ||
		!(pack->name = arena_strdup(pack->arena, name)))
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory for the norm pack", name);
	r = safexml_parse(&safexml_pack, name, bytes, n, &pack->doc, reterr);
	if (r < 0)
		return r;
	pack->bytes = arena_copy(pack->arena, bytes, n);
	pack->n_bytes = n;
	if (!pack->bytes)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory for the norm pack", name);
	digest_sha256(bytes, n, digest);
	digest_hex(digest, pack->sha256);
	r = parse_body(pack, reterr);
	if (r < 0)
		return r;
	*ret_pack = STEAL(pack);
	return 0;
}

/* The shipped pack whose root element has that id. */
static int load_shipped(const char *id, struct pack **ret_pack, struct error *reterr)
{
	for (size_t i = 0; i < norm_embedded_n; i++) {
		const struct norm_embedded *file = &norm_embedded_files[i];
		_cleanup_(pack_freep) struct pack *pack = NULL;
		size_t n = strlen(file->name);
		int r;

		if (n < 4 || strcmp(file->name + n - 4, ".xml") != 0)
			continue;
		r = pack_parse(file->name, file->bytes, file->size, &pack, reterr);
		if (r < 0)
			return r;
		if (strcmp(pack->id, id) == 0) {
			*ret_pack = STEAL(pack);
			return 0;
		}
	}
	return error_set(reterr, ERROR_INPUT, "no norm pack \"%s\" is shipped with the program; give "
		"the path of a file instead", id);
}

int pack_load(const char *path, struct pack **ret_pack, struct error *reterr)
{
	struct str bytes = STR_INIT(SAFEXML_PACK_MAX + 1);
	int r;

	if (strncmp(path, SHIPPED, strlen(SHIPPED)) == 0)
		return load_shipped(path + strlen(SHIPPED), ret_pack, reterr);
	r = file_read(path, SAFEXML_PACK_MAX, &bytes, reterr);
	if (r == 0)
		r = pack_parse(path, bytes.data, bytes.len, ret_pack, reterr);
	str_done(&bytes);
	return r;
}
