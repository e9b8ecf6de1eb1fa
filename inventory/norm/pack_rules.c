/* SPDX-License-Identifier: Apache-2.0 */
/* The criteria and constraints of a norm pack. */
#include "common/model/estate.h"
#include "inventory/norm/pack_parts.h"
#include "inventory/norm/safexml.h"

#include <stdlib.h>
#include <string.h>

/* The fact behind it is named as the criterion itself. */
static int test_own_fact(struct pack *pack, struct pack_criterion *criterion,
	struct error *reterr)
{
	char *text = arena_printf(pack->arena, "$%s", criterion->id);

	if (!text)
		return error_set(reterr, ERROR_SYSTEM, NO_MEMORY);
	return pack_test_parse(pack, text, &criterion->test, reterr);
}

/* What an official answered: the newest answer in the dossier. */
static int add_answer(struct pack *pack, const xmlNode *node, struct pack_criterion *criterion,
	struct error *reterr)
{
	struct pack_fact *fact = NULL;
	char *yes, *no;
	int r;

	r = pack_fact_add(pack, node, criterion->id, &fact, reterr);
	if (r < 0)
		return r;
	fact->type = FACT_BOOLEAN;
	fact->accept = 1u << GRADE_ATTESTED;
	fact->label = pack_people_text(pack, safexml_attr(node, "question", ""));
	yes = arena_printf(pack->arena, "answer[@pack='%s' and @criterion='%s' and @met='yes']",
		pack->id, criterion->id);
	no = arena_printf(pack->arena, "answer[@pack='%s' and @criterion='%s' and @met='no']",
		pack->id, criterion->id);
	if (!yes || !no)
		return error_set(reterr, ERROR_SYSTEM, NO_MEMORY);
	r = pack_path_parse(pack, yes, &fact->exists, reterr);
	if (r == 0)
		r = pack_path_parse(pack, no, &fact->closed, reterr);
	return r < 0 ? r : test_own_fact(pack, criterion, reterr);
}

static int parse_requires(struct pack *pack, const char *list, struct pack_criterion *criterion,
	struct error *reterr)
{
	while (*(list += strspn(list, " \t\r\n"))) {
		size_t n = strcspn(list, " \t\r\n");
		int other = pack_criterion_find(pack, list, n);

		if (other < 0)
			return error_set(reterr, ERROR_INPUT,
				"requires \"%.*s\", which is not a criterion standing before "
				"it (so that requirements cannot run in a circle)",
				(int)n, list);
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
	int r;

	criterion->factor = safexml_attr(node, "factor", "");
	criterion->weight = (int)strtol(safexml_attr(node, "weight", "0"), NULL, 10);
	criterion->bright = strcmp(safexml_attr(node, "bright-line", "no"), "yes") == 0;
	criterion->judged = safexml_attr(node, "judged-by", NULL) != NULL;
	if (criterion->judged ? (test || !question) : (!test || question))
		return error_set(reterr, ERROR_INPUT,
			"give either a test, or judged-by=\"official\" with a question");
	if (!criterion->judged && safexml_attr(node, "max-age", NULL))
		return error_set(reterr, ERROR_INPUT,
			"max-age belongs to judged-by=\"official\"; give it to the fact");
	if (criterion->judged)
		r = add_answer(pack, node, criterion, reterr);
	else
		r = pack_test_parse(pack, test, &criterion->test, reterr);
	return r < 0 ? r : parse_requires(pack, safexml_attr(node, "requires", ""), criterion,
		reterr);
}

static int parse_forbid(struct pack *pack, const xmlNode *node,
	struct pack_criterion *criterion, struct error *reterr)
{
	struct pack_fact *fact = NULL;
	int r = pack_fact_add(pack, node, criterion->id, &fact, reterr);

	if (r < 0)
		return r;
	criterion->forbid = true;
	criterion->factor = "constraint";
	fact->type = FACT_BOOLEAN;
	fact->label = criterion->text;
	r = pack_path_attr(pack, node, "over", &fact->exists, reterr);
	if (r == 0)
		r = pack_path_attr(pack, node, "closed", &fact->closed, reterr);
	if (r == 0)
		r = pack_path_attr(pack, node, "label", &fact->member, reterr);
	return r < 0 ? r : test_own_fact(pack, criterion, reterr);
}

int pack_rules_parse(struct pack *pack, const xmlNode *criteria, struct error *reterr)
{
	xmlNode *node = criteria ? safexml_child(criteria, NULL) : NULL;

	for (; node; node = safexml_next(node, NULL)) {
		const char *id = safexml_attr(node, "id", "");
		struct pack_criterion criterion = {.id = id};
		int r;

		criterion.basis = pack_people_text(pack, safexml_attr(node, "basis", ""));
		criterion.text = pack_content(pack, node);
		criterion.line = safexml_line(node);
		if (pack_criterion_find(pack, id, strlen(id)) >= 0)
			r = error_set(reterr, ERROR_INPUT, "the id is used twice");
		else if (pack->n_criteria >= PACK_CRITERIA_MAX)
			r = error_set(reterr, ERROR_INPUT,
				"more than %d criteria and constraints; split the pack",
				PACK_CRITERIA_MAX);
		else if (strcmp((const char *)node->name, "forbid") == 0)
			r = parse_forbid(pack, node, &criterion, reterr);
		else
			r = parse_criterion(pack, node, &criterion, reterr);
		if (r < 0)
			return pack_at(pack, r, node, reterr);
		pack->criteria[pack->n_criteria++] = criterion;
	}
	return 0;
}
