/* SPDX-License-Identifier: Apache-2.0 */
/* Boolean expressions over three truth values; see expr.h. */
#include "inventory/norm/expr.h"

#include <stdbool.h>
#include <string.h>

enum truth truth_and(enum truth a, enum truth b)
{
	if (a == TRUTH_FALSE || b == TRUTH_FALSE)
		return TRUTH_FALSE;
	return a == TRUTH_TRUE && b == TRUTH_TRUE ? TRUTH_TRUE : TRUTH_UNKNOWN;
}

enum truth truth_or(enum truth a, enum truth b)
{
	if (a == TRUTH_TRUE || b == TRUTH_TRUE)
		return TRUTH_TRUE;
	return a == TRUTH_FALSE && b == TRUTH_FALSE ? TRUTH_FALSE : TRUTH_UNKNOWN;
}

enum truth truth_not(enum truth a)
{
	if (a == TRUTH_UNKNOWN)
		return a;
	return a == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE;
}

/* ---- tokens -------------------------------------------------------------------------- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(char c)
{
	return is_name_start(c) || is_digit(c) || c == '-' || c == '.';
}

/* Names may contain '-' and '.', as in XML; so do XPath's function names. */
static size_t name_length(const char *text, const char *end)
{
	size_t n = 0;

	if (text >= end || !is_name_start(*text))
		return 0;
	while (text + n < end && is_name(text[n]))
		n++;
	return n;
}

static size_t number_length(const char *text, const char *end)
{
	size_t n = 0;

	while (text + n < end && is_digit(text[n]))
		n++;
	if (text + n < end && text[n] == '.')
		n++;
	while (text + n < end && is_digit(text[n]))
		n++;
	return n;
}

struct expr_token expr_token(const char **text, const char *end)
{
	struct expr_token token = {TOKEN_BAD, NULL, 1};
	const char *at = *text;
	char c;

	while (at < end && is_space(*at))
		at++;
	token.text = at;
	if (at >= end) {
		*text = end;
		return (struct expr_token){TOKEN_END, end, 0};
	}
	c = *at;
	if (c == '$') {
		token.text = at + 1;
		token.n = name_length(at + 1, end);
		token.kind = token.n ? TOKEN_VARIABLE : TOKEN_BAD;
	} else if (is_name_start(c)) {
		token.n = name_length(at, end);
		token.kind = TOKEN_NAME;
	} else if (is_digit(c) || (c == '.' && at + 1 < end && is_digit(at[1]))) {
		token.n = number_length(at, end);
		token.kind = TOKEN_NUMBER;
	} else if (c == '"' || c == '\'') {
		const char *close = memchr(at + 1, c, (size_t)(end - at - 1));

		if (close) {
			token.n = (size_t)(close - at) + 1;
			token.kind = TOKEN_LITERAL;
		}
	} else if (strchr("<>!", c) && at + 1 < end && at[1] == '=') {
		token.n = 2;
		token.kind = TOKEN_SYMBOL;
	} else if (strchr("()+-*,=<>[]/@|:.", c)) {
		token.kind = TOKEN_SYMBOL;
	}
	*text = token.text + token.n;
	return token;
}

int expr_token_is(const struct expr_token *token, const char *text)
{
	return strlen(text) == token->n && memcmp(token->text, text, token->n) == 0;
}

/* ---- the parser ---------------------------------------------------------------------- */

struct parser {
	const char *at, *end;
	struct expr *expr;
	expr_atom_fn atom;
	void *context;
	int depth;
	struct error *reterr;
};

static int parse_or(struct parser *p, uint16_t *ret_node);

static int node_add(struct parser *p, enum expr_kind kind, uint16_t left, uint16_t right,
	uint16_t *ret_node)
{
	if (p->expr->n >= EXPR_NODES_MAX)
		return error_set(p->reterr, ERROR_INPUT,
			"the expression has more than %d parts; split the criterion",
			EXPR_NODES_MAX);
	p->expr->nodes[p->expr->n] = (struct expr_node){kind, left, right};
	*ret_node = p->expr->n++;
	return 0;
}

static bool is_connective(const struct expr_token *token)
{
	return token->kind == TOKEN_NAME &&
		(expr_token_is(token, "and") || expr_token_is(token, "or"));
}

/* The text after the parenthesis that closes the one before `at`; NULL if it never closes. */
static const char *past_close(const char *at, const char *end)
{
	int depth = 1;

	for (;;) {
		struct expr_token token = expr_token(&at, end);

		if (token.kind == TOKEN_END || token.kind == TOKEN_BAD)
			return NULL;
		if (token.kind != TOKEN_SYMBOL)
			continue;
		if (expr_token_is(&token, "("))
			depth++;
		else if (expr_token_is(&token, ")") && --depth == 0)
			return at;
	}
}

/* True if the group that ends at `at` is a whole operand of `and` and `or`. */
static bool ends_operand(const char *at, const char *end)
{
	struct expr_token token = expr_token(&at, end);

	return token.kind == TOKEN_END || is_connective(&token);
}

static int parse_atom(struct parser *p, uint16_t *ret_node)
{
	const char *start = p->at, *stop = p->at, *at = p->at;
	uint16_t atom = 0;
	int depth = 0, r;

	for (;;) {
		struct expr_token token = expr_token(&at, p->end);

		if (token.kind == TOKEN_BAD)
			return error_set(p->reterr, ERROR_INPUT, "unexpected text at \"%.*s\"",
				(int)(p->end - token.text > 20 ? 20 : p->end - token.text),
				token.text);
		if (token.kind == TOKEN_END || (depth == 0 && is_connective(&token)))
			break;
		if (token.kind == TOKEN_SYMBOL && expr_token_is(&token, "("))
			depth++;
		if (token.kind == TOKEN_SYMBOL && expr_token_is(&token, ")") && --depth < 0)
			return error_set(p->reterr, ERROR_INPUT, "a ) without its (");
		stop = at;
	}
	if (depth)
		return error_set(p->reterr, ERROR_INPUT, "a ( without its )");
	while (start < stop && is_space(*start))
		start++;
	if (start == stop)
		return error_set(
			p->reterr, ERROR_INPUT, "an operand of and, or, not() is missing");
	p->at = stop;
	r = p->atom(p->context, start, (size_t)(stop - start), &atom, p->reterr);
	return r < 0 ? r : node_add(p, EXPR_ATOM, atom, 0, ret_node);
}

static int parse_group(struct parser *p, const char *open, const char *close, bool negate,
	uint16_t *ret_node)
{
	const char *end = p->end;
	int r;

	if (++p->depth > EXPR_DEPTH_MAX)
		return error_set(p->reterr, ERROR_INPUT, "parentheses more than %d deep",
			EXPR_DEPTH_MAX);
	p->at = open;
	p->end = close - 1;
	r = parse_or(p, ret_node);
	if (r < 0)
		return r;
	p->at = close;
	p->end = end;
	p->depth--;
	return negate ? node_add(p, EXPR_NOT, *ret_node, 0, ret_node) : 0;
}

static int parse_operand(struct parser *p, uint16_t *ret_node)
{
	const char *at = p->at, *close;
	struct expr_token token = expr_token(&at, p->end);
	bool negate = token.kind == TOKEN_NAME && expr_token_is(&token, "not");

	if (negate)
		token = expr_token(&at, p->end);
	if (token.kind != TOKEN_SYMBOL || !expr_token_is(&token, "("))
		return parse_atom(p, ret_node);
	close = past_close(at, p->end);
	if (!close || !ends_operand(close, p->end))
		return parse_atom(p, ret_node);
	return parse_group(p, at, close, negate, ret_node);
}

static int parse_chain(struct parser *p, const char *word, enum expr_kind kind,
	int (*operand)(struct parser *p, uint16_t *ret_node), uint16_t *ret_node)
{
	uint16_t right = 0;
	int r = operand(p, ret_node);

	while (r == 0) {
		const char *at = p->at;
		struct expr_token token = expr_token(&at, p->end);

		if (token.kind != TOKEN_NAME || !expr_token_is(&token, word))
			break;
		p->at = at;
		r = operand(p, &right);
		if (r == 0)
			r = node_add(p, kind, *ret_node, right, ret_node);
	}
	return r;
}

static int parse_and(struct parser *p, uint16_t *ret_node)
{
	return parse_chain(p, "and", EXPR_AND, parse_operand, ret_node);
}

static int parse_or(struct parser *p, uint16_t *ret_node)
{
	return parse_chain(p, "or", EXPR_OR, parse_and, ret_node);
}

int expr_parse(const char *text, expr_atom_fn atom, void *context, struct expr *ret_expr,
	struct error *reterr)
{
	struct expr expr = {0};
	struct parser p = {text, text + strlen(text), &expr, atom, context, 0, reterr};
	int r;

	if (p.end - p.at > EXPR_TEXT_MAX)
		return error_set(reterr, ERROR_INPUT,
			"an expression of more than %d characters", EXPR_TEXT_MAX);
	r = parse_or(&p, &expr.root);
	if (r < 0)
		return r;
	*ret_expr = expr;
	return 0;
}

/* ---- evaluation ---------------------------------------------------------------------- */

enum truth expr_eval(const struct expr *expr, const enum truth *atoms)
{
	enum truth value[EXPR_NODES_MAX] = {TRUTH_FALSE};

	/* Children are always made before their parent, so one pass in order does it. */
	for (uint16_t i = 0; i < expr->n; i++) {
		const struct expr_node *node = &expr->nodes[i];

		switch (node->kind) {
		case EXPR_ATOM:
			value[i] = atoms[node->left];
			break;
		case EXPR_NOT:
			value[i] = truth_not(value[node->left]);
			break;
		case EXPR_AND:
			value[i] = truth_and(value[node->left], value[node->right]);
			break;
		case EXPR_OR:
			value[i] = truth_or(value[node->left], value[node->right]);
			break;
		}
	}
	return value[expr->root];
}
