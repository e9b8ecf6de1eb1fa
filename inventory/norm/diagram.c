/* SPDX-License-Identifier: Apache-2.0 */
/* Decision diagrams of several values; see diagram.h. */
#include "inventory/norm/diagram.h"

#include <stdlib.h>
#include <string.h>

#define LEAF UINT16_MAX
#define TABLE_FIRST 1024      /* slots; a power of two */
#define REMEMBERED_MAX 200000 /* steps; then they are forgotten, and worked out again */

struct node {
	uint16_t variable; /* LEAF: a leaf */
	union {
		uint32_t children; /* index of the first */
		int32_t value;
	} is;
};

/* What was worked out once: operation and operands, and what they gave. */
struct step {
	uint32_t operation, a, b, c;
	diagram_node result;
};

struct diagram {
	uint8_t n_values[DIAGRAM_VARIABLES_MAX];
	uint16_t n_variables;
	bool failed;
	struct node *nodes;
	size_t n_nodes, nodes_size;
	diagram_node *children;
	size_t n_children, children_size;
	uint32_t *unique; /* node + 1 by its content, 0: free */
	size_t unique_size;
	struct step *steps; /* result + 1; 0: free */
	size_t n_steps, steps_size, spent; /* spent: of all, also of those forgotten */
	uint32_t maps; /* diagram_map() calls so far: each has steps of its own */
};

enum { OPERATION_IF = DIAGRAM_MAX + 1, OPERATION_MAP };

struct diagram *diagram_new(const uint8_t *n_values, uint16_t n_variables)
{
	struct diagram *d;

	if (n_variables > DIAGRAM_VARIABLES_MAX)
		return NULL;
	d = calloc(1, sizeof(*d));
	if (!d)
		return NULL;
	memcpy(d->n_values, n_values, n_variables);
	d->n_variables = n_variables;
	d->unique_size = d->steps_size = TABLE_FIRST;
	d->unique = calloc(d->unique_size, sizeof(*d->unique));
	d->steps = calloc(d->steps_size, sizeof(*d->steps));
	if (!d->unique || !d->steps) {
		diagram_free(d);
		return NULL;
	}
	return d;
}

void diagram_free(struct diagram *d)
{
	if (!d)
		return;
	free(d->nodes);
	free(d->children);
	free(d->unique);
	free(d->steps);
	free(d);
}

size_t diagram_size(const struct diagram *d)
{
	return d->n_nodes;
}

/* ---- nodes --------------------------------------------------------------------------- */

static uint32_t mix(uint32_t hash, uint32_t value)
{
	hash = (hash ^ value) * UINT32_C(0x9e3779b1);
	return hash ^ hash >> 15;
}

static uint32_t node_hash(uint16_t variable, const diagram_node *children, size_t n)
{
	uint32_t hash = mix(1, variable);

	for (size_t i = 0; i < n; i++)
		hash = mix(hash, children[i]);
	return hash;
}

/* The content that makes a node what it is: its children, or the leaf's value. */
static const diagram_node *content(const struct diagram *d, const struct node *node,
	diagram_node *leaf, size_t *ret_n)
{
	if (node->variable == LEAF) {
		*leaf = (diagram_node)node->is.value;
		*ret_n = 1;
		return leaf;
	}
	*ret_n = d->n_values[node->variable];
	return d->children + node->is.children;
}

static uint32_t *unique_slot(const struct diagram *d, uint32_t *table, size_t size,
	uint16_t variable, const diagram_node *children, size_t n)
{
	size_t at = node_hash(variable, children, n) & (size - 1);

	for (; table[at]; at = (at + 1) & (size - 1)) {
		const struct node *node = &d->nodes[table[at] - 1];
		const diagram_node *other;
		diagram_node leaf;
		size_t other_n;

		if (node->variable != variable)
			continue;
		other = content(d, node, &leaf, &other_n);
		if (memcmp(other, children, n * sizeof(*children)) == 0)
			break;
	}
	return &table[at];
}

static bool unique_grow(struct diagram *d)
{
	size_t size = d->unique_size * 2;
	uint32_t *table;

	if (d->n_nodes * 2 < d->unique_size)
		return true;
	table = calloc(size, sizeof(*table));
	if (!table)
		return false;
	for (size_t i = 0; i < d->n_nodes; i++) {
		diagram_node leaf;
		size_t n;
		const diagram_node *children = content(d, &d->nodes[i], &leaf, &n);

		*unique_slot(d, table, size, d->nodes[i].variable, children, n) =
			(uint32_t)i + 1;
	}
	free(d->unique);
	d->unique = table;
	d->unique_size = size;
	return true;
}

/* Room for one more of `n` in an array of `size`. */
static bool room(void *array, size_t element, size_t n, size_t *size)
{
	size_t more = *size ? *size * 2 : 256;
	void *old, *grown;

	if (n <= *size)
		return true;
	while (more < n)
		more *= 2;
	memcpy(&old, array, sizeof(old));
	grown = realloc(old, more * element);
	if (!grown)
		return false;
	memcpy(array, &grown, sizeof(grown));
	*size = more;
	return true;
}

static diagram_node fail(struct diagram *d)
{
	d->failed = true;
	return DIAGRAM_NONE;
}

static diagram_node node_of(struct diagram *d, uint16_t variable, const diagram_node *children,
	size_t n)
{
	uint32_t *slot = unique_slot(d, d->unique, d->unique_size, variable, children, n);
	struct node *node;

	if (*slot)
		return *slot - 1;
	if (d->n_nodes >= DIAGRAM_NODES_MAX ||
		!room(&d->nodes, sizeof(*d->nodes), d->n_nodes + 1, &d->nodes_size) ||
		!room(&d->children, sizeof(*d->children), d->n_children + n, &d->children_size))
		return fail(d);
	*slot = (uint32_t)d->n_nodes + 1;
	node = &d->nodes[d->n_nodes++];
	node->variable = variable;
	if (variable == LEAF) {
		node->is.value = (int32_t)children[0];
	} else {
		node->is.children = (uint32_t)d->n_children;
		memcpy(d->children + d->n_children, children, n * sizeof(*children));
		d->n_children += n;
	}
	if (!unique_grow(d))
		return fail(d);
	return (diagram_node)(d->n_nodes - 1);
}

diagram_node diagram_leaf(struct diagram *d, int32_t value)
{
	diagram_node content_of = (diagram_node)value;

	return d->failed ? DIAGRAM_NONE : node_of(d, LEAF, &content_of, 1);
}

diagram_node diagram_choose(struct diagram *d, uint16_t variable, const diagram_node *children)
{
	size_t n = d->n_values[variable];
	bool same = true;

	for (size_t i = 0; i < n; i++) {
		if (d->failed || children[i] == DIAGRAM_NONE ||
			(d->nodes[children[i]].variable != LEAF &&
				d->nodes[children[i]].variable <= variable))
			return fail(d);
		same &= children[i] == children[0];
	}
	return same ? children[0] : node_of(d, variable, children, n);
}

diagram_node diagram_test(struct diagram *d, uint16_t variable, uint64_t set)
{
	diagram_node children[DIAGRAM_VALUES_MAX];
	diagram_node no = diagram_leaf(d, 0), yes = diagram_leaf(d, 1);

	for (size_t i = 0; i < d->n_values[variable]; i++)
		children[i] = set >> i & 1 ? yes : no;
	return diagram_choose(d, variable, children);
}

/* ---- operations ---------------------------------------------------------------------- */

static struct step *step_slot(struct step *table, size_t size, const struct step *step)
{
	uint32_t hash = mix(mix(mix(mix(1, step->operation), step->a), step->b), step->c);
	size_t at = hash & (size - 1);

	for (; table[at].result; at = (at + 1) & (size - 1))
		if (table[at].a == step->a && table[at].b == step->b &&
			table[at].c == step->c && table[at].operation == step->operation)
			break;
	return &table[at];
}

static diagram_node remember(struct diagram *d, struct step step, diagram_node result)
{
	if (d->failed || result == DIAGRAM_NONE || d->spent++ >= DIAGRAM_STEPS_MAX)
		return fail(d);
	if (d->n_steps >= REMEMBERED_MAX) {
		memset(d->steps, 0, d->steps_size * sizeof(*d->steps));
		d->n_steps = 0;
	}
	if (d->n_steps * 2 >= d->steps_size) {
		size_t size = d->steps_size * 2;
		struct step *table = calloc(size, sizeof(*table));

		if (!table)
			return fail(d);
		for (size_t i = 0; i < d->steps_size; i++)
			if (d->steps[i].result)
				*step_slot(table, size, &d->steps[i]) = d->steps[i];
		free(d->steps);
		d->steps = table;
		d->steps_size = size;
	}
	step.result = result + 1;
	*step_slot(d->steps, d->steps_size, &step) = step;
	d->n_steps++;
	return result;
}

/* The node's child for a value of the variable: itself if it does not ask it. */
static diagram_node child(const struct diagram *d, diagram_node at, uint16_t variable,
	size_t value)
{
	const struct node *node = &d->nodes[at];

	return node->variable == variable ? d->children[node->is.children + value] : at;
}

static uint16_t earlier(uint16_t a, uint16_t b)
{
	return a < b ? a : b; /* LEAF is the last */
}

static int32_t combine(enum diagram_operation operation, int32_t a, int32_t b)
{
	switch (operation) {
	case DIAGRAM_AND:
		return a && b;
	case DIAGRAM_OR:
		return a || b;
	case DIAGRAM_ADD:
		return a + b;
	case DIAGRAM_MAX:
		return a > b ? a : b;
	}
	return 0;
}

/* What is known without looking at both whole. */
static bool shortcut(const struct diagram *d, enum diagram_operation operation, diagram_node a,
	diagram_node b, diagram_node *ret)
{
	const struct node *left = &d->nodes[a];

	if (a == b && operation != DIAGRAM_ADD) {
		*ret = a;
		return true;
	}
	if (left->variable != LEAF)
		return false;
	if (operation == DIAGRAM_ADD && left->is.value == 0)
		*ret = b;
	else if (operation == DIAGRAM_AND || operation == DIAGRAM_OR)
		*ret = (left->is.value != 0) == (operation == DIAGRAM_AND) ? b : a;
	else
		return false;
	return true;
}

diagram_node diagram_apply(struct diagram *d, enum diagram_operation operation, diagram_node a,
	diagram_node b)
{
	diagram_node children[DIAGRAM_VALUES_MAX], result;
	struct step step = {(uint32_t)operation, a < b ? a : b, a < b ? b : a, 0, 0}, *known;
	uint16_t variable;

	if (d->failed || a == DIAGRAM_NONE || b == DIAGRAM_NONE)
		return fail(d);
	if (shortcut(d, operation, a, b, &result) || shortcut(d, operation, b, a, &result))
		return result;
	variable = earlier(d->nodes[a].variable, d->nodes[b].variable);
	if (variable == LEAF)
		return diagram_leaf(d, combine(operation, d->nodes[a].is.value,
			d->nodes[b].is.value));
	known = step_slot(d->steps, d->steps_size, &step);
	if (known->result)
		return known->result - 1;
	for (size_t i = 0; i < d->n_values[variable]; i++)
		children[i] = diagram_apply(d, operation, child(d, a, variable, i),
			child(d, b, variable, i));
	if (d->failed)
		return DIAGRAM_NONE;
	return remember(d, step, diagram_choose(d, variable, children));
}

diagram_node diagram_if(struct diagram *d, diagram_node when, diagram_node then,
	diagram_node otherwise)
{
	diagram_node children[DIAGRAM_VALUES_MAX];
	struct step step = {OPERATION_IF, when, then, otherwise, 0}, *known;
	uint16_t variable;

	if (d->failed || when == DIAGRAM_NONE || then == DIAGRAM_NONE ||
		otherwise == DIAGRAM_NONE)
		return fail(d);
	if (then == otherwise)
		return then;
	if (d->nodes[when].variable == LEAF)
		return d->nodes[when].is.value ? then : otherwise;
	known = step_slot(d->steps, d->steps_size, &step);
	if (known->result)
		return known->result - 1;
	variable = earlier(d->nodes[when].variable,
		earlier(d->nodes[then].variable, d->nodes[otherwise].variable));
	for (size_t i = 0; i < d->n_values[variable]; i++)
		children[i] = diagram_if(d, child(d, when, variable, i),
			child(d, then, variable, i), child(d, otherwise, variable, i));
	if (d->failed)
		return DIAGRAM_NONE;
	return remember(d, step, diagram_choose(d, variable, children));
}

diagram_node diagram_not(struct diagram *d, diagram_node a)
{
	return diagram_if(d, a, diagram_leaf(d, 0), diagram_leaf(d, 1));
}

static diagram_node map_node(struct diagram *d, diagram_node a,
	int32_t (*map)(const void *context, int32_t leaf), const void *context)
{
	diagram_node children[DIAGRAM_VALUES_MAX];
	struct step step = {OPERATION_MAP, a, d->maps, 0, 0}, *known;
	uint16_t variable;

	if (d->failed || a == DIAGRAM_NONE)
		return fail(d);
	variable = d->nodes[a].variable;
	if (variable == LEAF)
		return diagram_leaf(d, map(context, d->nodes[a].is.value));
	known = step_slot(d->steps, d->steps_size, &step);
	if (known->result)
		return known->result - 1;
	for (size_t i = 0; i < d->n_values[variable]; i++)
		children[i] = map_node(d, child(d, a, variable, i), map, context);
	if (d->failed)
		return DIAGRAM_NONE;
	return remember(d, step, diagram_choose(d, variable, children));
}

diagram_node diagram_map(struct diagram *d, diagram_node a,
	int32_t (*map)(const void *context, int32_t leaf), const void *context)
{
	d->maps++;
	return map_node(d, a, map, context);
}

/* ---- keeping ------------------------------------------------------------------------- */

/* Children were made before their parents, so marks go down in one pass from the last node. */
static void mark_used(const struct diagram *d, uint8_t *used)
{
	for (size_t i = d->n_nodes; i-- > 0;) {
		const struct node *node = &d->nodes[i];

		if (!used[i] || node->variable == LEAF)
			continue;
		for (size_t k = 0; k < d->n_values[node->variable]; k++)
			used[d->children[node->is.children + k]] = 1;
	}
}

static void move_down(struct diagram *d, const uint8_t *used, diagram_node *moved)
{
	size_t n = 0, n_children = 0;

	for (size_t i = 0; i < d->n_nodes; i++) {
		struct node node = d->nodes[i];

		if (!used[i])
			continue;
		if (node.variable != LEAF) {
			uint32_t from = node.is.children;

			node.is.children = (uint32_t)n_children;
			for (size_t k = 0; k < d->n_values[node.variable]; k++)
				d->children[n_children++] = moved[d->children[from + k]];
		}
		moved[i] = (diagram_node)n;
		d->nodes[n++] = node;
	}
	d->n_nodes = n;
	d->n_children = n_children;
}

bool diagram_keep(struct diagram *d, diagram_node *roots, size_t n_roots)
{
	_cleanup_(cleanup_freep) uint8_t *used = calloc(d->n_nodes + 1, 1);
	_cleanup_(cleanup_freep) diagram_node *moved = calloc(d->n_nodes + 1, sizeof(*moved));
	void *less;

	if (!used || !moved)
		return false;
	for (size_t i = 0; i < n_roots; i++)
		used[roots[i]] = 1;
	mark_used(d, used);
	move_down(d, used, moved);
	for (size_t i = 0; i < n_roots; i++)
		roots[i] = moved[roots[i]];
	free(d->unique);
	free(d->steps);
	d->unique = NULL;
	d->steps = NULL;
	d->failed = true; /* nothing can be built any more */
	less = realloc(d->nodes, (d->n_nodes + 1) * sizeof(*d->nodes));
	d->nodes = less ? less : d->nodes;
	less = realloc(d->children, (d->n_children + 1) * sizeof(*d->children));
	d->children = less ? less : d->children;
	return true;
}

/* ---- reading ------------------------------------------------------------------------- */

/* What was found of one node in the walk of that number. */
struct visit {
	uint32_t walk;
	uint32_t reduced; /* what the node is once it is restricted */
	uint64_t leaves;
};

/* A node of the restricted diagram: its children stand in `children`. */
struct reduced {
	uint16_t variable;
	uint16_t n;
	uint32_t children, slot;
};

struct diagram_reader {
	uint32_t walk;
	struct visit *visits;
	size_t visits_size;
	struct reduced *nodes;
	size_t n_nodes, nodes_size;
	uint32_t *children;
	size_t n_children, children_size;
	uint32_t *table; /* index of a reduced node + 1; 0: free */
	size_t table_size;
	bool failed;
};

struct diagram_reader *diagram_reader_new(void)
{
	struct diagram_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return NULL;
	reader->table_size = TABLE_FIRST;
	reader->table = calloc(reader->table_size, sizeof(*reader->table));
	if (!reader->table) {
		free(reader);
		return NULL;
	}
	return reader;
}

void diagram_reader_free(struct diagram_reader *reader)
{
	if (!reader)
		return;
	free(reader->visits);
	free(reader->nodes);
	free(reader->children);
	free(reader->table);
	free(reader);
}

static bool begin(struct diagram_reader *reader, const struct diagram *d)
{
	size_t before = reader->visits_size;

	if (!room(&reader->visits, sizeof(*reader->visits), d->n_nodes, &reader->visits_size))
		return false;
	if (reader->visits_size > before)
		memset(reader->visits + before, 0,
			(reader->visits_size - before) * sizeof(*reader->visits));
	if (++reader->walk == 0) {
		memset(reader->visits, 0, reader->visits_size * sizeof(*reader->visits));
		reader->walk = 1;
	}
	return true;
}

/* As far as only one value is allowed there is only one way. */
static diagram_node go_on(const struct diagram *d, diagram_node at, const uint64_t *allowed)
{
	for (;;) {
		const struct node *node = &d->nodes[at];
		uint64_t set = node->variable == LEAF ? 0 : allowed[node->variable];

		if (!set || (set & (set - 1)))
			return at;
		at = d->children[node->is.children + (size_t)__builtin_ctzll(set)];
	}
}

static uint64_t leaves_of(const struct diagram *d, diagram_node at, const uint64_t *allowed,
	struct diagram_reader *reader)
{
	const struct node *node;
	struct visit *visit;
	uint64_t leaves = 0;

	at = go_on(d, at, allowed);
	node = &d->nodes[at];
	if (node->variable == LEAF)
		return UINT64_C(1) << (node->is.value & 63);
	visit = &reader->visits[at];
	if (visit->walk == reader->walk)
		return visit->leaves;
	for (uint64_t set = allowed[node->variable]; set; set &= set - 1)
		leaves |= leaves_of(d, d->children[node->is.children +
			(size_t)__builtin_ctzll(set)], allowed, reader);
	*visit = (struct visit){reader->walk, 0, leaves};
	return leaves;
}

uint64_t diagram_leaves(const struct diagram *d, diagram_node root, const uint64_t *allowed,
	struct diagram_reader *reader)
{
	const struct node *node;

	root = go_on(d, root, allowed);
	node = &d->nodes[root];
	if (node->variable == LEAF)
		return UINT64_C(1) << (node->is.value & 63);
	return begin(reader, d) ? leaves_of(d, root, allowed, reader) : 0;
}

/* ---- restricting --------------------------------------------------------------------- */

static uint32_t *reduced_slot(const struct diagram_reader *reader, uint32_t *table, size_t size,
	uint16_t variable, const uint32_t *children, uint16_t n)
{
	size_t at = node_hash(variable, children, n) & (size - 1);

	for (; table[at]; at = (at + 1) & (size - 1)) {
		const struct reduced *node = &reader->nodes[table[at] - 1];

		if (node->variable == variable && node->n == n &&
			memcmp(reader->children + node->children, children,
				n * sizeof(*children)) == 0)
			break;
	}
	return &table[at];
}

static bool reduced_grow(struct diagram_reader *reader)
{
	size_t size = reader->table_size * 2;
	uint32_t *table;

	if (reader->n_nodes * 2 < reader->table_size)
		return true;
	table = calloc(size, sizeof(*table));
	if (!table)
		return false;
	for (size_t i = 0; i < reader->n_nodes; i++) {
		struct reduced *node = &reader->nodes[i];
		uint32_t *slot = reduced_slot(reader, table, size, node->variable,
			reader->children + node->children, node->n);

		*slot = (uint32_t)i + 1;
		node->slot = (uint32_t)(slot - table);
	}
	free(reader->table);
	reader->table = table;
	reader->table_size = size;
	return true;
}

/* Numbers of reduced nodes: a leaf's is its value, others follow from 64. The children are the
 * last `n` of reader->children; they stay there if the node is new. */
static uint32_t reduced_of(struct diagram_reader *reader, uint16_t variable, uint16_t n)
{
	uint32_t first = (uint32_t)(reader->n_children - n);
	const uint32_t *children = reader->children + first;
	uint32_t *slot = reduced_slot(reader, reader->table, reader->table_size, variable,
		children, n);

	if (*slot) {
		reader->n_children = first;
		return *slot - 1 + DIAGRAM_VALUES_MAX;
	}
	if (!room(&reader->nodes, sizeof(*reader->nodes), reader->n_nodes + 1,
		&reader->nodes_size)) {
		reader->failed = true;
		return 0;
	}
	reader->nodes[reader->n_nodes++] = (struct reduced){variable, n, first,
		(uint32_t)(slot - reader->table)};
	*slot = (uint32_t)reader->n_nodes;
	reader->failed |= !reduced_grow(reader);
	return (uint32_t)reader->n_nodes - 1 + DIAGRAM_VALUES_MAX;
}

static uint32_t restrict_node(const struct diagram *d, diagram_node at, const uint64_t *allowed,
	struct diagram_reader *reader, uint64_t *ret_leaves)
{
	uint32_t found[DIAGRAM_VALUES_MAX];
	const struct node *node;
	struct visit *visit;
	uint64_t leaves = 0;
	uint16_t n = 0;
	bool same = true;

	at = go_on(d, at, allowed);
	node = &d->nodes[at];
	visit = &reader->visits[at];
	if (node->variable == LEAF) {
		*ret_leaves |= UINT64_C(1) << (node->is.value & 63);
		return (uint32_t)node->is.value & 63;
	}
	if (visit->walk != reader->walk) {
		for (uint64_t set = allowed[node->variable]; set; set &= set - 1) {
			found[n] = restrict_node(d, d->children[node->is.children +
				(size_t)__builtin_ctzll(set)], allowed, reader, &leaves);
			same &= found[n] == found[0];
			n++;
		}
		*visit = (struct visit){reader->walk, n ? found[0] : 0, leaves};
		if (!same && room(&reader->children, sizeof(*reader->children),
			reader->n_children + n, &reader->children_size)) {
			memcpy(reader->children + reader->n_children, found,
				n * sizeof(*found));
			reader->n_children += n;
			visit->reduced = reduced_of(reader, node->variable, n);
		} else if (!same) {
			reader->failed = true;
		}
	}
	*ret_leaves |= visit->leaves;
	return visit->reduced;
}

uint64_t diagram_restrict(const struct diagram *d, diagram_node root, const uint64_t *allowed,
	struct diagram_reader *reader, uint64_t ret_needed[DIAGRAM_VARIABLES_MAX / 64])
{
	uint64_t leaves = 0;

	memset(ret_needed, 0, DIAGRAM_VARIABLES_MAX / 8);
	if (!begin(reader, d))
		return 0;
	reader->failed = false;
	reader->n_nodes = reader->n_children = 0;
	restrict_node(d, root, allowed, reader, &leaves);
	/* Each node made is below the root: it is somebody's child, or the root itself. */
	for (size_t i = 0; i < reader->n_nodes; i++) {
		ret_needed[reader->nodes[i].variable / 64] |=
			UINT64_C(1) << reader->nodes[i].variable % 64;
		reader->table[reader->nodes[i].slot] = 0;
	}
	return reader->failed ? 0 : leaves;
}

/* ---- a way to a leaf ----------------------------------------------------------------- */

static bool way(const struct diagram *d, diagram_node at, const uint64_t *allowed, int32_t leaf,
	uint8_t *dead, uint8_t *ret_values)
{
	const struct node *node = &d->nodes[at];

	if (node->variable == LEAF)
		return node->is.value == leaf;
	if (dead[at])
		return false;
	for (uint64_t set = allowed[node->variable]; set; set &= set - 1) {
		size_t value = (size_t)__builtin_ctzll(set);

		if (way(d, d->children[node->is.children + value], allowed, leaf, dead,
			    ret_values)) {
			ret_values[node->variable] = (uint8_t)value;
			return true;
		}
	}
	dead[at] = 1;
	return false;
}

bool diagram_way(const struct diagram *d, diagram_node root, const uint64_t *allowed,
	int32_t leaf, uint8_t *ret_values)
{
	_cleanup_(cleanup_freep) uint8_t *dead = calloc(d->n_nodes + 1, 1);

	return dead && root != DIAGRAM_NONE && way(d, root, allowed, leaf, dead, ret_values);
}
