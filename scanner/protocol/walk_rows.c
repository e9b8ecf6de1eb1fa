/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows out of columns: the columns of a table are asked together from the index of the last
 * whole row on, and what comes is put together by index, as columns may have gaps. A column
 * goes on strictly upwards, or its table is over: an agent cannot hold us in a circle.
 *
 * Reference: RFC 3416, 4.2.3 (GetBulkRequest).
 */
#include "scanner/protocol/walk_internal.h"

#include <string.h>

/* What one answer has of one column. */
struct part {
	const struct walk_column *column;
	struct snmp_binding list[WALK_REPETITIONS];
	size_t n, at;
	bool has_head, ends;
	struct snmp_oid head; /* the index of the next binding */
};

struct merge {
	struct part parts[WALK_COLUMNS_MAX];
	size_t n;
	bool circle;
};

static bool is_needed(const struct walk *walk, const struct walk_table *table)
{
	if (walk->vlan)
		return table->by_vlan;
	return (table->own || walk->everything) && (!table->needed || table->needed(walk));
}

static void begin_table(struct walk *walk, size_t i)
{
	walk->table = i;
	walk->last.n = 0;
	walk->ended = 0;
	walk->over = false;
	walk->rows = 0;
	walk->repetitions = WALK_BINDINGS / (uint32_t)walk_table_at(i)->n_columns;
	if (walk->repetitions > WALK_REPETITIONS)
		walk->repetitions = WALK_REPETITIONS;
}

bool walk_rows_next(struct walk *walk, bool first)
{
	size_t i = first ? 0 : walk->table + 1;

	for (;;) {
		const struct walk_table *table = walk_table_at(i);

		if (table && is_needed(walk, table)) {
			begin_table(walk, i);
			return true;
		}
		i++;
		if (table)
			continue;
		if (walk->next_vlan == walk->vlans.n)
			return false;
		walk_begin_vlan(walk);
		i = 0;
	}
}

size_t walk_rows_names(struct walk *walk, struct snmp_oid *names)
{
	const struct walk_table *table = walk_table_at(walk->table);
	size_t n = 0;

	if (walk->over)
		return 0;
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct walk_column *column = &table->columns[i];

		if (walk->ended & 1u << i)
			continue;
		if (column->n + walk->last.n > SNMP_OID_MAX) { /* there is no index behind it */
			walk_cut(walk);
			walk->over = true;
			return 0;
		}
		memcpy(names[n].ids, column->ids, column->n * sizeof(*column->ids));
		memcpy(names[n].ids + column->n, walk->last.ids,
			walk->last.n * sizeof(*walk->last.ids));
		names[n++].n = column->n + walk->last.n;
	}
	return n;
}

/* Looks at the next binding of a column: its index, or that the column ends before it. */
static void look(struct merge *merge, struct part *part, const struct snmp_oid *before)
{
	const struct walk_column *column = part->column;
	const struct snmp_binding *binding = &part->list[part->at];
	struct snmp_oid name;

	part->has_head = false;
	if (part->at == part->n || part->ends)
		return;
	if (binding->type == SNMP_END_OF_VIEW || binding->type == SNMP_NO_OBJECT ||
		binding->type == SNMP_NO_INSTANCE || !snmp_oid_read(binding->name, &name) ||
		name.n <= column->n ||
		memcmp(name.ids, column->ids, column->n * sizeof(*name.ids)) != 0) {
		part->ends = true;
		return;
	}
	part->head.n = name.n - column->n;
	memcpy(part->head.ids, name.ids + column->n, part->head.n * sizeof(*name.ids));
	if (snmp_oid_compare(part->head.ids, part->head.n, before->ids, before->n) <= 0)
		merge->circle = true;
	else
		part->has_head = true;
}

/* The lowest index of those that come next; NULL if a column must be asked on before that is
 * known, or if none has any more. */
static const struct snmp_oid *lowest(const struct merge *merge)
{
	const struct snmp_oid *found = NULL;

	for (size_t i = 0; i < merge->n; i++) {
		const struct part *part = &merge->parts[i];

		if (!part->has_head && !part->ends)
			return NULL;
		if (part->has_head && (!found || snmp_oid_compare(part->head.ids, part->head.n,
							 found->ids, found->n) < 0))
			found = &part->head;
	}
	return found;
}

/* Hands one row over and steps behind it. */
static enum walk_row take_row(
	struct walk *walk, const struct walk_table *table, struct merge *merge)
{
	const struct snmp_binding *values[WALK_COLUMNS_MAX] = {NULL};
	bool has[WALK_COLUMNS_MAX];
	enum walk_row r;

	for (size_t i = 0; i < merge->n; i++) {
		struct part *part = &merge->parts[i];

		has[i] = part->has_head && snmp_oid_compare(part->head.ids, part->head.n,
						   walk->last.ids, walk->last.n) == 0;
		if (has[i])
			values[part->column - table->columns] = &part->list[part->at];
	}
	r = table->row(walk, walk->last.ids, walk->last.n, values);
	for (size_t i = 0; i < merge->n; i++)
		if (has[i]) {
			merge->parts[i].at++;
			look(merge, &merge->parts[i], &walk->last);
		}
	walk->rows++;
	if (r == ROW_NEXT && table->rows_max && walk->rows == table->rows_max)
		return ROW_ENOUGH;
	return r == ROW_NEXT && walk->rows == WALK_ROWS_MAX ? ROW_FULL : r;
}

/* Deals the bindings out to the columns that were asked for, in turn. */
static void deal(struct walk *walk, const struct walk_table *table, struct cursor bindings,
	struct merge *merge)
{
	struct snmp_binding binding;

	merge->n = 0;
	merge->circle = false;
	for (size_t i = 0; i < table->n_columns; i++) {
		if (walk->ended & 1u << i)
			continue;
		merge->parts[merge->n].column = &table->columns[i];
		merge->parts[merge->n].n = merge->parts[merge->n].at = 0;
		merge->parts[merge->n++].ends = false;
	}
	for (size_t i = 0;
		i < merge->n * walk->repetitions && snmp_binding_next(&bindings, &binding);
		i++) {
		struct part *part = &merge->parts[i % merge->n];

		part->list[part->n++] = binding;
	}
	for (size_t i = 0; i < merge->n; i++)
		look(merge, &merge->parts[i], &walk->last);
}

/* Columns whose end has come. True if there is one more. */
static bool end_columns(
	struct walk *walk, const struct walk_table *table, const struct merge *merge)
{
	bool ended = false;

	for (size_t i = 0; i < merge->n; i++)
		if (merge->parts[i].ends && !merge->parts[i].has_head) {
			walk->ended |= 1u << (merge->parts[i].column - table->columns);
			ended = true;
		}
	return ended;
}

static unsigned int spare_of(const struct walk_table *table)
{
	return ((1u << table->n_spare) - 1) << (table->n_columns - table->n_spare);
}

bool walk_rows_spare(struct walk *walk)
{
	unsigned int spare = spare_of(walk_table_at(walk->table)) & ~walk->ended;

	walk->ended |= spare;
	return spare;
}

/* Not even one row came whole, as agents whose messages are small do: the columns for which
 * there was no room are done without. False if nothing came at all. */
static bool drop_columns(
	struct walk *walk, const struct walk_table *table, const struct merge *merge)
{
	unsigned int dropped = 0;

	if (!merge->parts[0].has_head)
		return false;
	for (size_t i = 0; i < merge->n; i++)
		if (!merge->parts[i].has_head)
			dropped |= 1u << (merge->parts[i].column - table->columns);
	walk->ended |= dropped;
	if (dropped & ~spare_of(table))
		walk_cut(walk);
	return true;
}

void walk_rows_take(struct walk *walk, struct cursor bindings)
{
	const struct walk_table *table = walk_table_at(walk->table);
	const struct snmp_oid *index;
	enum walk_row r = ROW_NEXT;
	struct merge merge;
	bool moved = false;

	deal(walk, table, bindings, &merge);
	while (r == ROW_NEXT && !merge.circle && (index = lowest(&merge)) != NULL) {
		walk->last = *index;
		r = take_row(walk, table, &merge);
		moved = true;
	}
	moved |= end_columns(walk, table, &merge);
	if (r == ROW_NEXT && !merge.circle && !moved)
		moved = drop_columns(walk, table, &merge);
	walk->over = r != ROW_NEXT || merge.circle || !moved ||
		     walk->ended == (1u << table->n_columns) - 1;
	if (r == ROW_FULL || merge.circle || (r == ROW_NEXT && !moved))
		walk_cut(walk);
}
