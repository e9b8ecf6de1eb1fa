/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a norm pack from XML into memory, part by part; see pack.h and pack_parts.h. */
#include "inventory/norm/pack.h"

#include "common/file.h"
#include "common/model/digest.h"
#include "common/model/estate.h"
#include "common/text.h"
#include "inventory/norm/embedded.h"
#include "inventory/norm/facts.h"
#include "inventory/norm/pack_parts.h"
#include "inventory/norm/safexml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHIPPED "shipped:"
#define ACCEPT_DEFAULT ((1u << GRADE_MEASURED) | (1u << GRADE_ATTESTED))
#define PEOPLE_TEXT_MAX 8192
#define PACK_MEMORY_MAX ((size_t)16 * 1024 * 1024)

static const char *const units[] = {"system", "organisation", "zone", "subnet"};

const char *pack_unit_name(enum pack_unit unit)
{
	return (unsigned int)unit < UNIT_N ? units[unit] : "?";
}

int pack_fact_find(const struct pack *pack, const char *name, size_t n)
{
	for (int i = 0; i < pack->n_facts; i++)
		if (strlen(pack->facts[i].name) == n &&
			memcmp(pack->facts[i].name, name, n) == 0)
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

int pack_matrix_find(const struct pack *pack, const char *name, size_t n)
{
	for (int i = 0; i < pack->n_matrices; i++)
		if (strlen(pack->matrices[i].name) == n &&
			memcmp(pack->matrices[i].name, name, n) == 0)
			return i;
	return -1;
}

int pack_outcome_find(const struct pack *pack, const char *value)
{
	for (int i = 0; i < pack->n_outcomes; i++)
		if (pack->outcomes[i].value && strcmp(pack->outcomes[i].value, value) == 0)
			return i;
	return -1;
}

const char *outcome_name(const struct pack *pack, int outcome)
{
	if (outcome == OUTCOME_NOT_APPLICABLE)
		return "n/a";
	if (outcome == OUTCOME_REVIEW)
		return "review";
	return outcome >= 0 && outcome < pack->n_outcomes ? pack->outcomes[outcome].value : "?";
}

void pack_free(struct pack *pack)
{
	if (!pack)
		return;
	for (int i = 0; i < PACK_FACTS_MAX; i++) {
		struct pack_fact *fact = &pack->facts[i];
		struct pack_path *const paths[] = {&fact->select, &fact->exists, &fact->over,
			&fact->distinct, &fact->closed, &fact->member, &fact->cadence.event,
			&fact->cadence.since};

		for (size_t k = 0; k < ARRAY_SIZE(paths); k++)
			xmlXPathFreeCompExpr(paths[k]->compiled);
	}
	for (int i = 0; i < PACK_ATOMS_MAX; i++)
		xmlXPathFreeCompExpr(pack->atoms[i].compiled);
	diagram_free(pack->model.diagram);
	xmlFreeDoc(pack->doc);
	arena_free(pack->arena);
	free(pack);
}

/* ---- what the parts share ------------------------------------------------------------ */

int pack_at(const struct pack *pack, int r, const xmlNode *node, struct error *reterr)
{
	static const char *const ids[] = {"id", "name", "value", "fact", "criterion", "matrix",
		"on", "event", "from"};
	const char *id = NULL, *basis = safexml_attr(node, "basis", NULL);

	for (size_t i = 0; i < ARRAY_SIZE(ids) && !id; i++)
		id = safexml_attr(node, ids[i], NULL);
	if (!basis && node->parent && node->parent->type == XML_ELEMENT_NODE)
		basis = safexml_attr(node->parent, "basis", NULL); /* of a matrix's row */
	if (basis)
		return error_wrap(reterr, r, "%s:%ld: %s \"%s\" (%s)", pack->name,
			safexml_line(node), (const char *)node->name, id ? id : pack->id,
			basis);
	return error_wrap(reterr, r, "%s:%ld: %s \"%s\"", pack->name, safexml_line(node),
		(const char *)node->name, id ? id : pack->id);
}

const char *pack_people_text(struct pack *pack, const char *text)
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

const char *pack_content(struct pack *pack, const xmlNode *node)
{
	return pack_people_text(pack, node && node->children ?
		(const char *)node->children->content : "");
}

int pack_days(const char *duration)
{
	return duration ? (int)strtol(duration + 1, NULL, 10) : 0;
}

struct pack_period pack_period(const char *duration)
{
	char *unit = NULL;
	int n = duration ? (int)strtol(duration + 1, &unit, 10) : 0;

	if (!unit || *unit == 'D')
		return (struct pack_period){.days = n};
	return (struct pack_period){.months = *unit == 'Y' ? 12 * n : n};
}

unsigned int pack_grades(const char *text)
{
	unsigned int accept = 0;

	if (!text)
		return ACCEPT_DEFAULT;
	for (int g = 0; g < GRADE_N; g++)
		if (strstr(text, evidence_grade_name((enum evidence_grade)g)))
			accept |= 1u << g;
	return accept;
}

size_t pack_word(const char *const *words, size_t n, const char *word)
{
	size_t i = 0;

	while (i < n && strcmp(words[i], word) != 0)
		i++;
	return i;
}

/* ---- examples ------------------------------------------------------------------------ */

static int check_given(const struct pack *pack, const struct pack_example *example,
	struct error *reterr)
{
	bool given[PACK_FACTS_MAX] = {false};

	for (xmlNode *node = safexml_child(example->node, "given"); node;
		node = safexml_next(node, "given")) {
		const char *name = safexml_attr(node, "fact", "");
		int fact = pack_fact_find(pack, name, strlen(name));

		if (fact < 0)
			return error_set(reterr, ERROR_INPUT,
				"gives \"%s\", which is not a fact of this pack", name);
		if (given[fact])
			return error_set(reterr, ERROR_INPUT,
				"gives \"%s\" twice, line %ld the second time",
				name, safexml_line(node));
		given[fact] = true;
	}
	return 0;
}

static int check_expected(const struct pack *pack, const struct pack_example *example,
	struct error *reterr)
{
	const char *word = example->outcome, *list = example->possible ? example->possible : "";

	if (strcmp(word, "review") != 0 && strcmp(word, "n/a") != 0 &&
		pack_outcome_find(pack, word) < 0)
		return error_set(reterr, ERROR_INPUT,
			"expects \"%s\", which is no outcome of this pack", word);
	while (*(list += strspn(list, " \t\r\n"))) {
		size_t n = strcspn(list, " \t\r\n");
		char one[32];

		snprintf(one, sizeof(one), "%.*s", (int)n, list);
		if (strcmp(one, "n/a") != 0 && pack_outcome_find(pack, one) < 0)
			return error_set(reterr, ERROR_INPUT,
				"thinks \"%s\" possible, which is no outcome of this pack",
				one);
		list += n;
	}
	for (xmlNode *node = safexml_child(example->node, "expect"); node;
		node = safexml_next(node, "expect")) {
		const char *name = safexml_attr(node, "matrix", "");

		if (pack_matrix_find(pack, name, strlen(name)) < 0)
			return error_set(reterr, ERROR_INPUT,
				"expects something of \"%s\", which is no matrix of this pack",
				name);
	}
	return check_given(pack, example, reterr);
}

int pack_examples_parse(struct pack *pack, const xmlNode *examples, struct error *reterr)
{
	xmlNode *node = safexml_child(examples, "example");

	pack->examples = arena_alloc(pack->arena, PACK_EXAMPLES_MAX * sizeof(*pack->examples));
	if (!pack->examples)
		return error_set(reterr, ERROR_SYSTEM, NO_MEMORY);
	for (; node && pack->n_examples < PACK_EXAMPLES_MAX;
		node = safexml_next(node, "example")) {
		const char *score = safexml_attr(node, "score", NULL);
		struct pack_example *example = &pack->examples[pack->n_examples++];
		int r;

		example->node = node;
		example->name = pack_people_text(pack, safexml_attr(node, "name", ""));
		example->outcome = safexml_attr(node, "outcome", "");
		example->possible = safexml_attr(node, "possible", NULL);
		example->missing = safexml_attr(node, "missing", "");
		example->met = safexml_attr(node, "met", NULL);
		example->score = score ? (int)strtol(score, NULL, 10) : -1;
		example->line = safexml_line(node);
		r = check_expected(pack, example, reterr);
		if (r < 0)
			return pack_at(pack, r, node, reterr);
	}
	return 0;
}

/* ---- the whole ----------------------------------------------------------------------- */

static void parse_head(struct pack *pack, const xmlNode *root)
{
	pack->id = safexml_attr(root, "id", "");
	pack->version = safexml_attr(root, "version", "");
	pack->unit =
		(enum pack_unit)pack_word(units, UNIT_N - 1, safexml_attr(root, "unit", ""));
	pack->language = safexml_attr(root, "language", "");
	pack->authority = pack_people_text(pack, safexml_attr(root, "authority", ""));
	pack->effective_from = safexml_attr(root, "effective-from", "");
	pack->effective_until = safexml_attr(root, "effective-until", "");
	pack->supersedes = safexml_attr(root, "supersedes", "");
	pack->title = pack_content(pack, safexml_child(root, "title"));
}

/* The schema knows the form of a day, not whether the calendar has it. */
static int check_head(const struct pack *pack, const xmlNode *root, struct error *reterr)
{
	const char *from = pack->effective_from, *until = pack->effective_until;
	const char *none = facts_day_parse(from) < 0 ? from :
		until[0] && facts_day_parse(until) < 0 ? until : NULL;
	int r = 0;

	if (none)
		r = error_set(reterr, ERROR_INPUT, "the calendar has no day \"%s\"", none);
	else if (until[0] && strcmp(until, from) < 0)
		r = error_set(reterr, ERROR_INPUT,
			"effective-until %s lies before effective-from "
			"%s, so it would never be in force",
			until, from);
	else if (strcmp(pack->supersedes, pack->id) == 0)
		r = error_set(reterr, ERROR_INPUT,
			"it supersedes itself; a newer version takes the "
			"place of an older one without saying so");
	return r < 0 ? pack_at(pack, r, root, reterr) : 0;
}

static int parse_applies(struct pack *pack, const xmlNode *applies, struct error *reterr)
{
	int r;

	if (!applies)
		return 0;
	pack->has_applies = true;
	r = pack_test_parse(pack, safexml_attr(applies, "when", ""), &pack->applies, reterr);
	return r < 0 ? pack_at(pack, r, applies, reterr) : 0;
}

/* What is named must have been read: facts, then criteria, matrices and outcomes. */
static int parse_body(struct pack *pack, struct error *reterr)
{
	const xmlNode *root = xmlDocGetRootElement(pack->doc);
	int r;

	parse_head(pack, root);
	r = check_head(pack, root, reterr);
	if (r == 0)
		r = pack_facts_parse(pack, safexml_child(root, "facts"), reterr);
	if (r == 0)
		r = pack_rules_parse(pack, safexml_child(root, "criteria"), reterr);
	if (r == 0)
		r = parse_applies(pack, safexml_child(root, "applies-to"), reterr);
	if (r == 0)
		r = pack_matrices_parse(pack, safexml_child(root, "matrices"), reterr);
	if (r == 0)
		r = pack_outcomes_parse(pack, root, reterr);
	if (r == 0)
		r = pack_case_parse(pack, root, reterr);
	if (r == 0)
		r = pack_examples_parse(pack, safexml_child(root, "examples"), reterr);
	if (r == 0)
		r = pack_variables_make(pack, reterr);
	return r < 0 ? r : pack_model_make(pack, reterr);
}

int pack_parse(const char *name, const void *bytes, size_t n, struct pack **ret_pack,
	struct error *reterr)
{
	_cleanup_(pack_freep) struct pack *pack = calloc(1, sizeof(*pack));
	uint8_t digest[DIGEST_SIZE];
	int r;

	if (!pack || !(pack->arena = arena_new(PACK_MEMORY_MAX)) ||
		!(pack->name = arena_strdup(pack->arena, name)))
		return error_set(reterr, ERROR_SYSTEM, "%s: " NO_MEMORY, name);
	r = safexml_parse(&safexml_pack, name, bytes, n, &pack->doc, reterr);
	if (r < 0)
		return r;
	pack->bytes = arena_copy(pack->arena, bytes, n);
	pack->n_bytes = n;
	if (!pack->bytes)
		return error_set(reterr, ERROR_SYSTEM, "%s: " NO_MEMORY, name);
	digest_sha256(bytes, n, digest);
	digest_hex(digest, pack->sha256);
	r = parse_body(pack, reterr);
	if (r < 0)
		return r;
	*ret_pack = STEAL(pack);
	return 0;
}

const struct norm_embedded *norm_shipped_find(const char *id)
{
	char name[160];

	snprintf(name, sizeof(name), "%.150s.xml", id);
	return norm_embedded_find(name);
}

static int load_shipped(const char *id, struct pack **ret_pack, struct error *reterr)
{
	const struct norm_embedded *file = norm_shipped_find(id);

	if (!file)
		return error_set(reterr, ERROR_INPUT, "no norm pack \"%s\" is shipped with the "
			"program; give the path of a file instead", id);
	return pack_parse(file->name, file->bytes, file->size, ret_pack, reterr);
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
