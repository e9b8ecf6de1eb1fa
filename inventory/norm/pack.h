/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A norm pack in memory: facts, criteria, matrices, outcomes and examples, read from XML and
 * checked whole (references, types, requirements, rules that can never hold) before anything is
 * evaluated. It holds no result and knows no database. Once read it is not written to.
 *
 * Form: schema/xml/norm-pack.xsd. Meaning: docs/norms.md; three-valued throughout.
 */
#ifndef INVENTORY_NORM_PACK_H
#define INVENTORY_NORM_PACK_H

#include "common/arena.h"
#include "common/cleanup.h"
#include "common/error.h"
#include "inventory/norm/diagram.h"
#include "inventory/norm/expr.h"

#include <libxml/tree.h>
#include <libxml/xpath.h>

#include <stdbool.h>
#include <stdint.h>

#define PACK_FACTS_MAX 64
#define PACK_CRITERIA_MAX 64 /* with constraints */
#define PACK_ATOMS_MAX 64    /* distinct conditions */
#define PACK_VARIABLES_MAX (PACK_FACTS_MAX + PACK_ATOMS_MAX)
#define PACK_MATRICES_MAX 16
#define PACK_EXAMPLES_MAX 1000
#define PACK_REQUIRES_MAX 8
#define PACK_OUTCOMES_MAX 17 /* sixteen, and the otherwise */
#define PACK_OUTCOME_ATOMS_MAX 128
#define PACK_CLOCKS_MAX 16
#define PACK_GRAPH_DEPTH_MAX 16
#define PACK_DEGREE_MAX 63 /* the most that a matrix gives */

/* What a pack judges; the root element of the dossier has the same name. */
enum pack_unit { UNIT_SYSTEM, UNIT_ORGANISATION, UNIT_ZONE, UNIT_SUBNET, UNIT_N };

enum fact_type { FACT_NUMBER, FACT_BOOLEAN, FACT_CODE };
enum fact_aggregate { AGGREGATE_NONE, AGGREGATE_SUM, AGGREGATE_MIN, AGGREGATE_MAX,
	AGGREGATE_COUNT };
enum graph_kind { GRAPH_NONE, GRAPH_DISTINCT_SECTORS, GRAPH_DEPENDANTS,
	GRAPH_MAX_TIER, GRAPH_SUM, GRAPH_CUT_IMPACT };
enum strength { STRENGTH_SUPPORTING, STRENGTH_IMPORTANT, STRENGTH_ESSENTIAL };

/* ---- facts --------------------------------------------------------------------------- */

/* Where a graph fact comes from: edges walked by the program (graph.h), not by XPath. */
struct pack_graph {
	enum graph_kind kind;
	uint8_t depth;              /* hops, 0: as far as it goes */
	enum strength min_strength; /* weaker edges are not walked */
	bool outward; /* towards what the system depends on; else its dependants */
	bool carried;               /* along "carried by" instead of "depends on" */
	bool other_operators;       /* counts systems of other organisations only */
	uint8_t min_tier;           /* counts systems of that tier at least, 0: any */
	bool designated;            /* counts those on the list, besides those of that tier */
	uint8_t min_coverage;       /* percent of a component that must be surveyed */
	const char *of;             /* what a sum is of: "unit:mw", "metric:NAME:UNIT" */
};

#define PACK_PATH_WITH_MAX 16

/* An attribute that must (or must not) have a value; of those of one group, any. */
struct pack_path_with {
	const char *name, *value;
	bool differs;
	uint8_t group;
};

/* XPath over the dossier. Direct: child elements of that name (NULL: the node itself) with such
 * attributes, or of them an attribute; followed by pack_path_next(), without XPath. */
struct pack_path {
	xmlXPathCompExpr *compiled; /* NULL: the fact does not use it */
	const char *text;           /* as the pack has it */
	bool direct;
	uint8_t n_with;
	const struct pack_path_with *with;
	const char *element, *attribute;
};

/* from <= number < below gives; infinite where a bound is left out. */
struct pack_step {
	double from, below, gives;
};

/* Calendar months (a day that a month has not is its last) or days; one of them is 0. */
struct pack_period {
	int months, days;
};

struct pack_cadence {
	struct pack_period every; /* 0 and 0: the fact is no cadence */
	int within_days;          /* 0: only the newest event counts */
	struct pack_path event, since; /* dates; at least one of them */
};

struct pack_fact {
	const char *name, *unit, *label;
	enum fact_type type;
	enum fact_aggregate aggregate;
	unsigned int accept;      /* bit per enum evidence_grade */
	int max_age_days;         /* 0: no limit */
	struct pack_graph graph;  /* kind GRAPH_NONE: from the dossier */
	struct pack_cadence cadence;
	struct pack_step *steps;  /* by from */
	uint16_t n_steps;
	bool has_otherwise;
	double otherwise;         /* of a number on no step */
	struct pack_path select; /* the value */
	struct pack_path exists; /* true if it finds something */
	struct pack_path over;   /* members of an aggregate; select and distinct start there */
	struct pack_path distinct;
	struct pack_path closed; /* a statement that the list is complete */
	struct pack_path member; /* of a constraint: the name of what `exists` finds */
	int16_t variable;         /* -1: nothing compares it with constants */
	long line;
};

/* ---- conditions and what they are about ---------------------------------------------- */

enum compare { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE };

/* SIMPLE: one fact compared with one constant, or a boolean fact. XPATH: anything else. */
enum atom_kind { ATOM_SIMPLE, ATOM_XPATH };

/* A condition that is met, not met or unknown. The same condition in two tests is one atom. */
struct pack_atom {
	const char *text;
	enum atom_kind kind;
	uint64_t facts;             /* bit per fact it reads */
	enum compare compare;       /* of a simple one */
	double number;
	const char *literal;        /* NULL: a number, or a boolean */
	xmlXPathCompExpr *compiled; /* of others */
	int16_t variable;           /* of others: true or false; -1: its fact's value tells */
};

/* Between two numbers: just before `number`, or just after it. */
struct pack_cut {
	double number;
	bool after;
};

/*
 * A variable of the pack's decision diagram. A fact's values are the parts into which the
 * constants that it is compared with divide it: of a number the intervals between cuts, of a
 * code each literal and "another", of a boolean false and true. A condition over several facts
 * is a variable by itself, false or true; so is one with arithmetic or functions, as far as the
 * values of its fact do not tell it.
 */
struct pack_variable {
	int16_t fact, atom;          /* the other is -1 */
	uint8_t n;                   /* values, at most 64 */
	uint64_t domain;             /* bit per value it can have at all */
	const struct pack_cut *cuts; /* n - 1, in order */
	const char *const *literals; /* n - 1, sorted */
};

/* The value that a number or code is. */
uint8_t pack_number_value(const struct pack_variable *variable, double number);
uint8_t pack_code_value(const struct pack_variable *variable, const char *text);

/* ---- criteria ------------------------------------------------------------------------ */

struct pack_criterion {
	const char *id, *factor, *basis, *text;
	int weight;
	bool bright;
	bool judged;        /* by an official: its fact is named as the criterion */
	bool forbid;        /* a constraint: met is violated; its fact is named as it */
	struct expr test;   /* over pack atoms */
	uint8_t requires[PACK_REQUIRES_MAX]; /* earlier criteria that must be met too */
	uint8_t n_requires;
	long line;
};

/* ---- matrices ------------------------------------------------------------------------ */

struct pack_cell {
	const char *value;
	uint8_t gives;
};

struct pack_row {
	uint8_t fact; /* of type code */
	uint8_t n_cells;
	const struct pack_cell *cells;
	const char *basis;
};

/* While the criterion is met: gives. Or the whole part of a number, from 0 to gives. */
struct pack_floor {
	int16_t criterion, fact; /* the other is -1 */
	uint8_t gives;
	const char *basis;
};

struct pack_matrix {
	const char *name, *label, *basis;
	struct pack_row *rows;
	struct pack_floor *floors;
	uint8_t n_rows, n_floors;
	uint16_t of; /* bit per earlier matrix */
	long line;
};

/* ---- outcomes ------------------------------------------------------------------------ */

enum outcome_atom_kind { OUTCOME_BRIGHT, OUTCOME_VIOLATED, OUTCOME_CRITERION, OUTCOME_SCORE,
	OUTCOME_MATRIX };

struct pack_outcome_atom {
	enum outcome_atom_kind kind;
	uint8_t index; /* of the criterion or matrix */
	enum compare compare;
	double number;
};

/* A step of the pack's scale. */
struct pack_outcome {
	const char *value, *basis;
	struct expr when; /* over outcome atoms; unused in outcome 0, the otherwise */
	long line;
};

/* An outcome is an index on the scale of its pack, 0 the otherwise, then upwards; or: */
#define OUTCOME_REVIEW (-1)
#define OUTCOME_NOT_APPLICABLE (-2)

/* ---- boundary, change, clocks -------------------------------------------------------- */

struct pack_boundary {
	unsigned int seed; /* bit per enum strength */
	bool control, business, stop_device, stop_one_way;
	int window_days;
	const char *basis;
};

enum change_trigger {
	TRIGGER_OUTCOME_FLIP,
	TRIGGER_BRIGHT_CROSS,
	TRIGGER_EVIDENCE_LOST,
	TRIGGER_MARGIN,
	TRIGGER_OPERATOR,
	TRIGGER_ORGANISATION_EVENT,
	TRIGGER_TIER,
	TRIGGER_FILING,
	TRIGGER_LIFECYCLE,
	TRIGGER_HOSTING,
	TRIGGER_KEY_BUSINESS,
	TRIGGER_BOUNDARY,
	TRIGGER_CONTROLLER,
	TRIGGER_ZONE_CROSSING,
	TRIGGER_INTERNET_EXIT,
	TRIGGER_EXPOSURE,
	TRIGGER_REDUNDANCY,
	TRIGGER_DEPENDANT_SECTOR,
	TRIGGER_REMOTE_SUPPLIER,
	TRIGGER_DATA_CLASS,
	TRIGGER_NORM,
	TRIGGER_REVIEW_DUE,
	TRIGGER_N
};

struct pack_change {
	int margin;     /* of the score */
	double jaccard; /* of two boundaries, below which they differ */
	uint32_t major, notable; /* bit per enum change_trigger */
	const char *basis;
};

enum clock_event { CLOCK_DETECTED, CLOCK_REPORTED, CLOCK_RECEIVED, CLOCK_DECIDED,
	CLOCK_NOTIFIED, CLOCK_EVENT_N };
enum clock_action { CLOCK_REPORT, CLOCK_RE_IDENTIFY, CLOCK_NOTIFY, CLOCK_INFORM, CLOCK_REVIEW,
	CLOCK_ACTION_N };

struct pack_clock {
	enum clock_event event;
	int months, days; /* one of them is 0 */
	enum clock_action action;
	const char *basis;
};

/* The words of the form; "?" for anything else. */
const char *pack_unit_name(enum pack_unit unit);
const char *change_trigger_name(enum change_trigger trigger);
const char *clock_event_name(enum clock_event event);
const char *clock_action_name(enum clock_action action);
/* "supporting", "important", "essential"; -1 if the text is none of them. */
int strength_parse(const char *text);

/* What holds for packs that say nothing (pack_case.c). */
extern const struct pack_boundary pack_boundary_default;
extern const struct pack_change pack_change_default;
extern const struct pack_clock pack_clock_default;

/* ---- the whole ----------------------------------------------------------------------- */

/* One example: values of facts, and what must come out. */
struct pack_example {
	const xmlNode *node; /* in the pack's document */
	const char *name, *outcome;
	const char *possible; /* outcomes that review leaves open, NULL: not compared */
	const char *missing;  /* "" if none are expected */
	int score;            /* -1: not compared */
	const char *met;      /* criteria that must be met, NULL: not compared */
	long line;
};

/* The rules compiled: where each of them starts in the diagram. Leaves are: of criteria and
 * applies 0 or 1; of matrices their value; of the outcome its index, or PACK_LEAF_SILENT. */
#define PACK_LEAF_SILENT 63 /* the pack does not apply */

struct pack_model {
	struct diagram *diagram;
	diagram_node outcome, applies;
	diagram_node criteria[PACK_CRITERIA_MAX], matrices[PACK_MATRICES_MAX];
};

struct pack {
	struct arena *arena;
	xmlDoc *doc;
	char *name;   /* of the file, for messages */
	const char *id, *version, *title, *authority, *effective_from, *effective_until;
	const char *supersedes, *language;
	enum pack_unit unit;
	char sha256[65];
	const void *bytes; /* the file, whole */
	size_t n_bytes;

	struct expr applies; /* when the pack speaks about a unit; over pack atoms */
	bool has_applies;
	struct pack_fact facts[PACK_FACTS_MAX];
	struct pack_atom atoms[PACK_ATOMS_MAX];
	struct pack_variable variables[PACK_VARIABLES_MAX];
	struct pack_criterion criteria[PACK_CRITERIA_MAX];
	struct pack_matrix matrices[PACK_MATRICES_MAX];
	struct pack_outcome
		outcomes[PACK_OUTCOMES_MAX]; /* [0]: otherwise; the highest is last */
	struct pack_outcome_atom outcome_atoms[PACK_OUTCOME_ATOMS_MAX];
	struct pack_boundary boundary;
	struct pack_change change;
	struct pack_clock clocks[PACK_CLOCKS_MAX];
	struct pack_example *examples;
	uint16_t n_facts, n_atoms, n_variables, n_criteria, n_matrices, n_outcomes,
		n_outcome_atoms, n_clocks, n_examples;
	struct pack_model model;
};

/* Reads a pack from its bytes, which are copied. ERROR_INPUT names file, line, element and,
 * where it has one, its clause. */
int pack_parse(const char *name, const void *bytes, size_t n, struct pack **ret_pack,
	struct error *reterr);
/* Reads a file, or for "shipped:ID" the pack of that id that comes with the program. */
int pack_load(const char *path, struct pack **ret_pack, struct error *reterr);
void pack_free(struct pack *pack);
CLEANUP_DEFINE(struct pack, pack_free)

/* What a direct path finds from a node, one after the other; `before` NULL: the first. */
xmlNode *pack_path_next(const struct pack_path *path, const xmlNode *from, xmlNode *before);

/* Index of a fact, criterion, matrix or outcome by name, -1 if there is none. */
int pack_fact_find(const struct pack *pack, const char *name, size_t n);
int pack_criterion_find(const struct pack *pack, const char *name, size_t n);
int pack_matrix_find(const struct pack *pack, const char *name, size_t n);
int pack_outcome_find(const struct pack *pack, const char *value);

/* "n/a", "review", or the pack's own word. */
const char *outcome_name(const struct pack *pack, int outcome);

#endif
