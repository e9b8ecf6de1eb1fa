/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language of tests. A test is XPath 1.0 restricted to facts, constants, operators and the
 * core functions on them: no paths, so that a test cannot see anything that is not a declared
 * fact. It is checked whole when the pack is read; nothing is evaluated here. A comparison of
 * one fact with one constant is kept as such; anything else is compiled as XPath.
 *
 * Reference: XPath 1.0, sections 3 and 4.
 */
#include "common/text.h"
#include "inventory/norm/pack_parts.h"

#include <libxml/xpathInternals.h>

#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = {"number", "boolean", "code"};

/* ---- tests --------------------------------------------------------------------------- */

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
				"%.*s must be followed by a number other than zero, so that it "
				"can never divide by zero",
				(int)token->n, token->text);
		return 0;
	}
	if (next.kind != TOKEN_SYMBOL || !expr_token_is(&next, "("))
		return error_set(reterr, ERROR_INPUT,
			"\"%.*s\" is neither a fact nor a function; facts are written with a "
			"$, as $%.*s",
			(int)token->n, token->text, (int)token->n, token->text);
	survey->call = true;
	return pack_call_check(token, peek, end, true, reterr);
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
		survey->arithmetic |=
			token.kind == TOKEN_SYMBOL && strchr("+-*", token.text[0]);
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
				"$%s is a %s; <, >, <=, >= and arithmetic need a number",
				fact->name, type);
		if ((fact->type != FACT_NUMBER && survey->number) ||
			(fact->type != FACT_CODE && survey->literal))
			return error_set(reterr, ERROR_INPUT,
				"$%s is a %s and is compared with a constant of another type",
				fact->name, type);
		if (fact->type != FACT_BOOLEAN && !survey->relation && !survey->equality)
			return error_set(reterr, ERROR_INPUT,
				"$%s is a %s; compare it with something", fact->name, type);
	}
	return 0;
}

bool pack_compare_parse(const struct expr_token *token, enum compare *ret_compare)
{
	static const char *const names[] = {"=", "!=", "<", "<=", ">", ">="};

	for (int i = 0; i < 6 && token->kind == TOKEN_SYMBOL; i++) {
		if (expr_token_is(token, names[i])) {
			*ret_compare = (enum compare)i;
			return true;
		}
	}
	return false;
}

/* A constant: a number, also with a minus before it, or a literal. Returns how many tokens. */
static int constant(const struct pack *pack, const struct expr_token *tokens, int n,
	struct pack_atom *atom)
{
	bool minus = n > 1 && expr_token_is(&tokens[0], "-");
	const struct expr_token *token = &tokens[minus];
	char *text;

	if (n < 1 || (token->kind != TOKEN_NUMBER && (minus || token->kind != TOKEN_LITERAL)))
		return 0;
	if (token->kind == TOKEN_LITERAL) {
		atom->literal = arena_strndup(pack->arena, token->text + 1, token->n - 2);
		return atom->literal ? 1 : 0;
	}
	text = arena_strndup(pack->arena, token->text, token->n);
	if (!text)
		return 0;
	/* As values of facts are read, so that the same text is the same number. */
	atom->number = xmlXPathCastStringToNumber((const xmlChar *)text);
	atom->number = minus ? -atom->number : atom->number;
	return minus ? 2 : 1;
}

/* `$fact`, `$fact OP constant`, `constant OP $fact`: what the diagram knows by itself. */
static bool is_simple(const struct pack *pack, const struct atom_survey *survey,
	struct pack_atom *atom)
{
	static const enum compare turned[] = {COMPARE_EQ, COMPARE_NE, COMPARE_GT, COMPARE_GE,
		COMPARE_LT, COMPARE_LE};
	const struct expr_token *tokens = survey->tokens;
	int n = survey->n_tokens, size;

	if (n == 1 && tokens[0].kind == TOKEN_VARIABLE) {
		atom->compare = COMPARE_NE; /* a boolean that is not false */
		return true;
	}
	if (n < 3 || n > 4)
		return false;
	if (tokens[0].kind == TOKEN_VARIABLE && pack_compare_parse(&tokens[1], &atom->compare))
		return constant(pack, &tokens[2], n - 2, atom) == n - 2;
	size = constant(pack, tokens, n, atom);
	if (size == 0 || size != n - 2 || tokens[n - 1].kind != TOKEN_VARIABLE ||
		!pack_compare_parse(&tokens[n - 2], &atom->compare))
		return false;
	atom->compare = turned[atom->compare];
	return true;
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

static int add_atom(struct pack *pack, const char *spelled, const struct atom_survey *survey,
	uint16_t *ret_atom, struct error *reterr)
{
	struct pack_atom atom = {.facts = survey->facts, .variable = -1};
	int r = 0;

	for (uint16_t i = 0; i < pack->n_atoms; i++) {
		if (strcmp(pack->atoms[i].text, spelled) == 0) {
			*ret_atom = i;
			return 0;
		}
	}
	if (pack->n_atoms >= PACK_ATOMS_MAX)
		return error_set(reterr, ERROR_INPUT, "the pack has more than %d different "
			"conditions; split it", PACK_ATOMS_MAX);
	atom.text = arena_strdup(pack->arena, spelled);
	if (!atom.text)
		return error_set(reterr, ERROR_SYSTEM, NO_MEMORY);
	atom.kind = is_simple(pack, survey, &atom) ? ATOM_SIMPLE : ATOM_XPATH;
	if (atom.kind == ATOM_XPATH)
		r = pack_xpath_compile(spelled, &atom.compiled, reterr);
	if (r < 0)
		return r;
	*ret_atom = pack->n_atoms;
	pack->atoms[pack->n_atoms++] = atom;
	return 0;
}

static int test_atom(void *context, const char *text, size_t n, uint16_t *ret_atom,
	struct error *reterr)
{
	struct pack *pack = context;
	struct atom_survey survey = {0};
	struct str spelled = STR_INIT(2 * EXPR_TEXT_MAX);
	int r = survey_atom(pack, text, n, &survey, reterr);

	if (r == 0)
		r = check_types(pack, &survey, reterr);
	if (r < 0)
		return r;
	normalise(text, n, &spelled);
	r = add_atom(pack, spelled.data, &survey, ret_atom, reterr);
	str_done(&spelled);
	return r;
}

int pack_test_parse(struct pack *pack, const char *text, struct expr *ret_expr,
	struct error *reterr)
{
	return expr_parse(text, test_atom, pack, ret_expr, reterr);
}
