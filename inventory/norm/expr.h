/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boolean expressions of norm packs: `and`, `or`, `not()` and parentheses over atoms, with
 * the three truth values of Kleene's strong logic. What an atom means is the caller's: in a
 * test it is an XPath 1.0 expression over $facts, in an outcome it names a criterion, `bright`
 * or a comparison of `score`. Never evaluates an atom itself.
 *
 * Reference: XPath 1.0, sections 3.4 and 3.7 (the lexical structure is XPath's own).
 */
#ifndef INVENTORY_NORM_EXPR_H
#define INVENTORY_NORM_EXPR_H

#include "common/error.h"

#include <stddef.h>
#include <stdint.h>

#define EXPR_TEXT_MAX 4096
#define EXPR_NODES_MAX 128
#define EXPR_DEPTH_MAX 32

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN };

enum expr_kind { EXPR_ATOM, EXPR_NOT, EXPR_AND, EXPR_OR };

struct expr_node {
	enum expr_kind kind;
	uint16_t left, right; /* node indexes; an atom's number is in left */
};

struct expr {
	struct expr_node nodes[EXPR_NODES_MAX];
	uint16_t n, root;
};

/* One token of the shared lexical structure. */
enum expr_token_kind {
	TOKEN_END,
	TOKEN_NAME,     /* element, function or operator name */
	TOKEN_VARIABLE, /* $name; the text is without the $ */
	TOKEN_NUMBER,
	TOKEN_LITERAL,  /* with its quotes */
	TOKEN_SYMBOL,   /* ( ) + - * , = != < <= > >= and the rest of XPath */
	TOKEN_BAD,
};

struct expr_token {
	enum expr_token_kind kind;
	const char *text;
	size_t n;
};

/* The token at `text`, before `end`; steps `text` behind it. */
struct expr_token expr_token(const char **text, const char *end);
int expr_token_is(const struct expr_token *token, const char *text);

/* Called for each atom, left to right; returns the atom's number or fails. */
typedef int (*expr_atom_fn)(void *context, const char *text, size_t n, uint16_t *ret_atom,
	struct error *reterr);

/* ERROR_INPUT says what is wrong with the text; the caller adds where it stands. */
int expr_parse(const char *text, expr_atom_fn atom, void *context, struct expr *ret_expr,
	struct error *reterr);

/* The truth of the expression under the atoms' truths. */
enum truth expr_eval(const struct expr *expr, const enum truth *atoms);

enum truth truth_and(enum truth a, enum truth b);
enum truth truth_or(enum truth a, enum truth b);
enum truth truth_not(enum truth a);

#endif
