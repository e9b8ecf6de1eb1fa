/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files that read a norm pack share: each takes one part of the document that the
 * schema has found in order, checks what a schema cannot, and fills in struct pack. Not for
 * others; the door is pack.h.
 */
#ifndef INVENTORY_NORM_PACK_PARTS_H
#define INVENTORY_NORM_PACK_PARTS_H

#include "common/str.h"
#include "inventory/norm/pack.h"

#define NO_MEMORY "no memory for the norm pack"

/* Puts file, line, element, id and clause in front of what is wrong. */
int pack_at(const struct pack *pack, int r, const xmlNode *node, struct error *reterr);

/* An attribute or content that people will read, clean; "" for NULL. */
const char *pack_people_text(struct pack *pack, const char *text);
const char *pack_content(struct pack *pack, const xmlNode *node);
/* PnD, PnM, PnY by the schema; NULL is no period. */
int pack_days(const char *duration);
struct pack_period pack_period(const char *duration);
/* Grades by name, NULL for those that are usual: bit per enum evidence_grade. */
unsigned int pack_grades(const char *text);
/* Place of a word in a table, or n. */
size_t pack_word(const char *const *words, size_t n, const char *word);

/* Compiles an XPath expression; ERROR_INPUT with libxml2's reason. */
int pack_xpath_compile(const char *text, xmlXPathCompExpr **ret_compiled, struct error *reterr);
/* A call of that function, with its arguments from `at` (behind the parenthesis) on:
 * ERROR_INPUT if there is no such function, not in a test, or it takes another number of
 * arguments. */
int pack_call_check(const struct expr_token *name, const char *at, const char *end,
	bool in_test, struct error *reterr);
/* A path into the dossier; that of an attribute, if it is there. */
int pack_path_parse(struct pack *pack, const char *text, struct pack_path *ret_path,
	struct error *reterr);
int pack_path_attr(struct pack *pack, const xmlNode *node, const char *name,
	struct pack_path *ret_path, struct error *reterr);

/* A new fact of that name, with what all facts have. */
int pack_fact_add(struct pack *pack, const xmlNode *node, const char *name,
	struct pack_fact **ret_fact, struct error *reterr);

int pack_facts_parse(struct pack *pack, const xmlNode *facts, struct error *reterr);
int pack_graph_parse(struct pack *pack, const xmlNode *node, struct pack_fact *fact,
	struct error *reterr);
int pack_rules_parse(struct pack *pack, const xmlNode *criteria, struct error *reterr);
int pack_matrices_parse(struct pack *pack, const xmlNode *matrices, struct error *reterr);
int pack_outcomes_parse(struct pack *pack, const xmlNode *root, struct error *reterr);
int pack_case_parse(struct pack *pack, const xmlNode *root, struct error *reterr);
int pack_examples_parse(struct pack *pack, const xmlNode *examples, struct error *reterr);

/* The test language: reads one test into atoms of the pack. */
int pack_test_parse(struct pack *pack, const char *text, struct expr *ret_expr,
	struct error *reterr);
/* The outcome language: `bright`, `violated`, criterion ids, `score` and matrices compared. */
int pack_outcome_parse(struct pack *pack, const char *text, struct expr *ret_expr,
	struct error *reterr);
/* A relation's name; false if it is none. */
bool pack_compare_parse(const struct expr_token *token, enum compare *ret_compare);

/* Divides the facts into the values that the rules can tell apart. */
int pack_variables_make(struct pack *pack, struct error *reterr);
/* Which values of the variable make a simple condition on its fact true. */
uint64_t pack_variable_set(const struct pack *pack, const struct pack_atom *atom);
/* The only number that value stands for, NULL if it stands for more than one. */
const double *pack_variable_point(const struct pack_variable *variable, uint8_t value);
/* A value in words, as in "$customers >= 100000". */
void pack_variable_text(const struct pack *pack, uint16_t variable, uint8_t value,
	struct str *out);

/* Compiles the rules and refuses what can never hold. */
int pack_model_make(struct pack *pack, struct error *reterr);

#endif
