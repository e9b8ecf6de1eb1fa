/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two small languages of a norm pack. A test is XPath 1.0 restricted to facts, constants,
 * operators and the core functions on them: no paths, so that a test cannot see anything that
 * is not a declared fact. An outcome is written over `bright`, criterion ids and `score`.
 * Both are checked whole when the pack is read; nothing is evaluated here.
 *
 * Reference: XPath 1.0, sections 3 and 4.
 */
#include "inventory/norm/pack.h"

#include "common/text.h"

#include <libxml/xpathInternals.h>

#include <stdlib.h>
#include <string.h>

/* Functions of the XPath core library that neither need a node nor depend on the language. */
static const char *const functions[] = {"true", "false", "boolean", "not", "number", "floor",
	"ceiling", "round", "string", "concat", "starts-with", "contains", "substring",
	"substring-before", "substring-after", "string-length", "normalize-space", "translate"};

static const char *const type_names[] = {"number", "boolean", "code"};

int strength_parse(const char *text)
{
	static const char *const names[] = {"supporting", "important", "essential"};

	for (int i = 0; i < 3; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	return -1;
}

/* ---- compiling XPath ----------------------------------------------------------------- */

static void compile_complaint(void *data, xmlError *problem)
{
	char *text = data;

	if (!text[0] && problem->message)
		snprintf(text, 128, "%.*s", (int)strcspn(problem->message, "\n"), problem->message);
}

int pack_xpath_compile(const char *text, xmlXPathCompExpr **ret_compiled, struct error *reterr)
{
	xmlXPathContext *context = xmlXPathNewContext(NULL);
	xmlXPathCompExpr *compiled;
	char why[128] = "";

	if (!context)
		return error_set(reterr, ERROR_SYSTEM, "no memory for an XPath context");
	context->error = compile_complaint;
	context->userData = why;
	context->opLimit = 100000;
	compiled = xmlXPathCtxtCompile(context, (const xmlChar *)text);
	xmlXPathFreeContext(context);
	if (!compiled)
		return error_set(reterr, ERROR_INPUT, "\"%.200s\" is not XPath 1.0: %s", text,
			why[0] ? why : "syntax error");
	*ret_compiled = compiled;
	return 0;
}

/* ---- tests --------------------------------------------------------------------------- */

static bool is_function(const struct expr_token *token)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (expr_token_is(token, functions[i]))
			return true;
	return false;
}

static bool is_word_operator(const struct expr_token *token)
{
	return expr_token_is(token, "and") || expr_token_is(token, "or") ||
		expr_token_is(token, "div") || expr_token_is(token, "mod");
}

static bool is_relation(const struct expr_token *token)
{
	return token->kind == TOKEN_SYMBOL &&
		(expr_token_is(token, "<") || expr_token_is(token, "<=") ||
			expr_token_is(token, ">") || expr_token_is(token, ">="));
}

static bool is_equality(const struct expr_token *token)
{
	return token->kind == TOKEN_SYMBOL &&
		(expr_token_is(token, "=") || expr_token_is(token, "!="));
}

/* What an atom consists of, for the type rules. */
struct atom_survey {
	uint64_t facts;
	bool relation, equality, call, arithmetic;
	bool number, literal;
	int n_tokens;
	struct expr_token tokens[4];
};

static int survey_name(const char **at, const char *end, const struct expr_token *token,
	struct atom_survey *survey, struct error *reterr)
{
	const char *peek = *at;
	struct expr_token next = expr_token(&peek, end);

	if (is_word_operator(token)) {
		survey->arithmetic = true;
		if (!expr_token_is(token, "div") && !expr_token_is(token, "mod"))
			return 0;
		if (next.kind != TOKEN_NUMBER || strtod(next.text, NULL) == 0)
			return error_set(reterr, ERROR_INPUT,
				"%.*s must be followed by a number other than zero, so that it can "
				"never divide by zero", (int)token->n, token->text);
		return 0;
	}
	if (next.kind != TOKEN_SYMBOL || !expr_token_is(&next, "("))
		return error_set(reterr, ERROR_INPUT,
			"\"%.*s\" is neither a fact nor a function; facts are written with a $, as "
			"$%.*s", (int)token->n, token->text, (int)token->n, token->text);
	if (!is_function(token))
		return error_set(reterr, ERROR_INPUT,
			"the function %.*s() may not be used in a test", (int)token->n, token->text);
	survey->call = true;
	return 0;
}

static int survey_atom(const struct pack *pack, const char *text, size_t n,
	struct atom_survey *survey, struct error *reterr)
{
	const char *at = text, *end = text + n;

	for (;;) {
		struct expr_token token = expr_token(&at, end);
		int fact, r = 0;

		if (token.kind == TOKEN_END)
			return 0;
		if (survey->n_tokens < 4)
			survey->tokens[survey->n_tokens] = token;
		survey->n_tokens++;
		if (token.kind == TOKEN_VARIABLE) {
			fact = pack_fact_find(pack, token.text, token.n);
			if (fact < 0)
				return error_set(reterr, ERROR_INPUT,
					"$%.*s is not a fact of this pack; declare it under <facts>",
					(int)token.n, token.text);
			survey->facts |= UINT64_C(1) << fact;
		} else if (token.kind == TOKEN_NAME) {
			r = survey_name(&at, end, &token, survey, reterr);
		} else if (token.kind == TOKEN_SYMBOL && strchr("/@[]|:.", token.text[0])) {
			return error_set(reterr, ERROR_INPUT,
				"\"%.*s\": a test sees facts only; write the path in a <fact>",
				(int)token.n, token.text);
		}
		if (r < 0)
			return r;
		survey->relation |= is_relation(&token);
		survey->equality |= is_equality(&token);
		survey->number |= token.kind == TOKEN_NUMBER;
		survey->literal |= token.kind == TOKEN_LITERAL;
		survey->arithmetic |= token.kind == TOKEN_SYMBOL && strchr("+-*", token.text[0]);
	}
}

/* Comparisons between a fact and a constant of another type are slips of the pen, and XPath
 * would quietly make them false. Atoms with function calls are taken as they are. */
static int check_types(const struct pack *pack, const struct atom_survey *survey,
	struct error *reterr)
{
	if (!survey->facts)
		return error_set(reterr, ERROR_INPUT, "the condition reads no fact");
	if (survey->call)
		return 0;
	for (uint16_t i = 0; i < pack->n_facts; i++) {
		const struct pack_fact *fact = &pack->facts[i];
		const char *type = type_names[fact->type];

		if (!(survey->facts & (UINT64_C(1) << i)))
			continue;
		if (fact->type != FACT_NUMBER && (survey->relation || survey->arithmetic))
			return error_set(reterr, ERROR_INPUT,
				"$%s is a %s; <, >, <=, >= and arithmetic need a number", fact->name, type);
		if (survey->equality && ((fact->type != FACT_NUMBER && survey->number) ||
			(fact->type != FACT_CODE && survey->literal)))
			return error_set(reterr, ERROR_INPUT,
				"$%s is a %s and is compared with a constant of another type",
				fact->name, type);
		if (fact->type != FACT_BOOLEAN && !survey->relation && !survey->equality)
			return error_set(reterr, ERROR_INPUT,
				"$%s is a %s; compare it with something", fact->name, type);
	}
	return 0;
}

/* `$fact > n` and `$fact >= n`: what holds for a lower bound holds for the fact. */
static bool is_monotone(const struct atom_survey *survey)
{
	return survey->n_tokens == 3 && survey->tokens[0].kind == TOKEN_VARIABLE &&
		survey->tokens[1].kind == TOKEN_SYMBOL && survey->tokens[1].text[0] == '>' &&
		survey->tokens[2].kind == TOKEN_NUMBER;
}

/* One spelling per condition: a single space between tokens. */
static void normalise(const char *text, size_t n, struct str *out)
{
	const char *at = text, *end = text + n;

	for (;;) {
		struct expr_token token = expr_token(&at, end);

		if (token.kind == TOKEN_END)
			return;
		if (out->len)
			str_addc(out, ' ');
		if (token.kind == TOKEN_VARIABLE)
			str_addc(out, '$');
		str_add(out, token.text, token.n);
	}
}

static int test_atom(void *context, const char *text, size_t n, uint16_t *ret_atom,
	struct error *reterr)
{
	struct pack *pack = context;
	struct atom_survey survey = {0};
	struct pack_atom *atom;
	struct str spelled = STR_INIT(2 * EXPR_TEXT_MAX);
	int r = survey_atom(pack, text, n, &survey, reterr);

	if (r == 0)
		r = check_types(pack, &survey, reterr);
	if (r < 0)
		return r;
	normalise(text, n, &spelled);
	for (uint16_t i = 0; i < pack->n_atoms; i++) {
		if (strcmp(pack->atoms[i].text, spelled.data) == 0) {
			str_done(&spelled);
			*ret_atom = i;
			return 0;
		}
	}
	atom = &pack->atoms[pack->n_atoms];
	if (pack->n_atoms >= PACK_ATOMS_MAX) {
		r = error_set(reterr, ERROR_INPUT, "the pack has more than %d different conditions; "
			"split it", PACK_ATOMS_MAX);
	} else {
		atom->text = arena_strdup(pack->arena, spelled.data);
		atom->facts = survey.facts;
		atom->monotone = is_monotone(&survey);
		r = atom->text ? pack_xpath_compile(spelled.data, &atom->compiled, reterr) :
			error_set(reterr, ERROR_SYSTEM, "no memory for the pack");
	}
	str_done(&spelled);
	if (r == 0)
		*ret_atom = pack->n_atoms++;
	return r;
}

int pack_test_parse(struct pack *pack, const char *text, struct expr *ret_expr,
	struct error *reterr)
{
	return expr_parse(text, test_atom, pack, ret_expr, reterr);
}

/* ---- outcome ------------------------------------------------------------------------- */

static bool compare_parse(const struct expr_token *token, enum compare *ret_compare)
{
	static const char *const names[] = {"=", "!=", "<", "<=", ">", ">="};

	for (int i = 0; i < 6; i++) {
		if (expr_token_is(token, names[i])) {
			*ret_compare = (enum compare)i;
			return true;
		}
	}
	return false;
}

static int outcome_score(const char *at, const char *end, struct pack_outcome_atom *atom,
	struct error *reterr)
{
	struct expr_token relation = expr_token(&at, end), number = expr_token(&at, end);
	struct expr_token rest = expr_token(&at, end);

	if (relation.kind != TOKEN_SYMBOL || !compare_parse(&relation, &atom->compare) ||
		number.kind != TOKEN_NUMBER || rest.kind != TOKEN_END)
		return error_set(reterr, ERROR_INPUT,
			"score must be compared with a number, as in score >= 60");
	atom->kind = OUTCOME_SCORE;
	atom->number = strtod(number.text, NULL);
	return 0;
}

static int outcome_atom(void *context, const char *text, size_t n, uint16_t *ret_atom,
	struct error *reterr)
{
	struct pack *pack = context;
	struct pack_outcome_atom atom = {0};
	const char *at = text, *end = text + n;
	struct expr_token word = expr_token(&at, end);
	const char *behind = at;
	struct expr_token next = expr_token(&behind, end);
	int r = 0, criterion;

	if (pack->n_outcome_atoms >= PACK_OUTCOME_ATOMS_MAX)
		return error_set(reterr, ERROR_INPUT, "the outcome has more than %d conditions",
			PACK_OUTCOME_ATOMS_MAX);
	if (word.kind == TOKEN_NAME && expr_token_is(&word, "score")) {
		r = outcome_score(at, end, &atom, reterr);
	} else if (word.kind == TOKEN_NAME && next.kind == TOKEN_END) {
		criterion = pack_criterion_find(pack, word.text, word.n);
		if (expr_token_is(&word, "bright"))
			atom.kind = OUTCOME_BRIGHT;
		else if (criterion < 0)
			return error_set(reterr, ERROR_INPUT,
				"\"%.*s\" is not a criterion of this pack", (int)word.n, word.text);
		else
			atom = (struct pack_outcome_atom){OUTCOME_CRITERION, (uint8_t)criterion, 0, 0};
	} else {
		return error_set(reterr, ERROR_INPUT,
			"\"%.*s\" is not bright, a criterion's id, or score compared with a number",
			(int)n, text);
	}
	if (r < 0)
		return r;
	pack->outcome_atoms[pack->n_outcome_atoms] = atom;
	*ret_atom = pack->n_outcome_atoms++;
	return 0;
}

int pack_outcome_parse(struct pack *pack, const char *text, struct error *reterr)
{
	return expr_parse(text, outcome_atom, pack, &pack->outcome, reterr);
}
