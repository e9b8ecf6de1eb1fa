/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A norm pack in memory: facts, criteria, one outcome and examples, read from XML and checked
 * whole (references, types, requirements) before anything is evaluated. It holds no result
 * and knows no database.
 *
 * Form: schema/xml/norm-pack.xsd. Meaning: docs/norms.md; three-valued throughout.
 */
#ifndef INVENTORY_NORM_PACK_H
#define INVENTORY_NORM_PACK_H

#include "common/arena.h"
#include "common/cleanup.h"
#include "common/error.h"
#include "inventory/norm/expr.h"

#include <libxml/tree.h>
#include <libxml/xpath.h>

#include <stdbool.h>
#include <stdint.h>

#define PACK_FACTS_MAX 64
#define PACK_CRITERIA_MAX 64
#define PACK_ATOMS_MAX 20   /* distinct conditions: outcomes of all 2^n assignments are compared */
#define PACK_EXAMPLES_MAX 1000
#define PACK_REQUIRES_MAX 8
#define PACK_OUTCOME_ATOMS_MAX 32
#define PACK_GRAPH_DEPTH_MAX 16

enum fact_type { FACT_NUMBER, FACT_BOOLEAN, FACT_CODE };
enum fact_aggregate { AGGREGATE_NONE, AGGREGATE_SUM, AGGREGATE_MIN, AGGREGATE_MAX,
	AGGREGATE_COUNT };
enum graph_kind { GRAPH_NONE, GRAPH_DISTINCT_SECTORS, GRAPH_DEPENDANTS };
enum strength { STRENGTH_SUPPORTING, STRENGTH_IMPORTANT, STRENGTH_ESSENTIAL };

/* Where a graph fact comes from: dependency edges walked by the program, not by XPath. */
struct pack_graph {
	enum graph_kind kind;
	uint8_t depth;              /* hops */
	enum strength min_strength; /* weaker edges are not walked */
	bool outward;               /* towards what the system depends on; else its dependants */
};

struct pack_fact {
	const char *name, *unit, *label;
	enum fact_type type;
	enum fact_aggregate aggregate;
	unsigned int accept;      /* bit per enum evidence_grade */
	int max_age_days;         /* 0: no limit */
	struct pack_graph graph;  /* kind GRAPH_NONE: from the dossier */
	/* XPath over the dossier; NULL where the fact does not use it. */
	xmlXPathCompExpr *select; /* the value */
	xmlXPathCompExpr *exists; /* true if it finds something */
	xmlXPathCompExpr *over;   /* members of an aggregate; select and distinct start there */
	xmlXPathCompExpr *distinct;
	xmlXPathCompExpr *closed; /* a statement that the list is complete */
	long line;
};

/* A condition that is met, not met or unknown: a comparison in a test, or an official's
 * judgement. The same condition in two tests is one atom. */
struct pack_atom {
	const char *text;
	xmlXPathCompExpr *compiled;
	uint64_t facts;     /* bit per fact it reads */
	bool monotone;      /* a single `$fact > n` or `$fact >= n`: a lower bound can decide it */
};

struct pack_criterion {
	const char *id, *factor, *basis, *text;
	int weight;
	bool bright;
	bool judged;        /* by an official: its fact is named as the criterion */
	struct expr test;   /* over pack atoms */
	uint8_t requires[PACK_REQUIRES_MAX]; /* earlier criteria that must be met too */
	uint8_t n_requires;
	long line;
};

enum outcome_atom_kind { OUTCOME_BRIGHT, OUTCOME_CRITERION, OUTCOME_SCORE };
enum compare { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE };

struct pack_outcome_atom {
	enum outcome_atom_kind kind;
	uint8_t criterion;
	enum compare compare;
	double number;
};

/* One example: values of facts, and what must come out. */
struct pack_example {
	const xmlNode *node; /* in the pack's document */
	const char *name, *outcome;
	const char *missing; /* "" if none are expected */
	int score;           /* -1: not compared */
	const char *met;     /* criteria that must be met, NULL: not compared */
	long line;
};

struct pack {
	struct arena *arena;
	xmlDoc *doc;
	char *name;   /* of the file, for messages */
	const char *id, *version, *title, *authority, *effective_from, *effective_until;
	const char *supersedes, *language, *filed_with, *filing_no;
	char sha256[65];
	const void *bytes; /* the file, whole */
	size_t n_bytes;

	struct expr applies; /* when the pack speaks about a system; over pack atoms */
	bool has_applies;
	struct pack_fact facts[PACK_FACTS_MAX];
	struct pack_atom atoms[PACK_ATOMS_MAX];
	struct pack_criterion criteria[PACK_CRITERIA_MAX];
	struct expr outcome; /* over outcome atoms */
	struct pack_outcome_atom outcome_atoms[PACK_OUTCOME_ATOMS_MAX];
	struct pack_example *examples;
	uint16_t n_facts, n_atoms, n_criteria, n_outcome_atoms, n_examples;
};

/* Reads a pack from its bytes, which are copied. ERROR_INPUT names file, line and element. */
int pack_parse(const char *name, const void *bytes, size_t n, struct pack **ret_pack,
	struct error *reterr);
/* Reads a file, or for "shipped:ID" the pack of that id that comes with the program. */
int pack_load(const char *path, struct pack **ret_pack, struct error *reterr);
void pack_free(struct pack *pack);
CLEANUP_DEFINE(struct pack, pack_free)

/* Index of a fact or criterion by name, -1 if there is none. */
int pack_fact_find(const struct pack *pack, const char *name, size_t n);
int pack_criterion_find(const struct pack *pack, const char *name, size_t n);

/* The test language: reads one test into atoms of the pack (pack_test.c). */
int pack_test_parse(struct pack *pack, const char *text, struct expr *ret_expr,
	struct error *reterr);
/* The outcome language: `bright`, criterion ids, `score` compared with a number. */
int pack_outcome_parse(struct pack *pack, const char *text, struct error *reterr);
/* Compiles an XPath expression; ERROR_INPUT with libxml2's reason. */
int pack_xpath_compile(const char *text, xmlXPathCompExpr **ret_compiled, struct error *reterr);

/* "supporting", "important", "essential"; -1 if the text is none of them. */
int strength_parse(const char *text);

#endif
