/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The estate's part that the register states: organisations, businesses, systems and what
 * stands between them, zones. Each kind is a row of columns in the order of its query; what
 * refers to something that is not in the estate is left out.
 */
#include "inventory/estate/loader.h"
#include "inventory/store/queries.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum column_kind {
	TEXT,
	BYTE,	     /* a number or a truth into a uint8_t */
	NUMBER,	     /* into a uint32_t */
	OF_SYSTEM,   /* an id into an index; a row without it is left out; so the next two */
	OF_BUSINESS,
	OF_ZONE,
	OF_ASSET,    /* a number into an index, or ESTATE_NONE */
	OTHERWISE,   /* read by whoever asked */
};

struct column {
	enum column_kind kind;
	size_t offset; /* in the record */
};

#define COLUMNS_MAX 14

struct table {
	const struct query *query;
	size_t array, count; /* offsets in the estate */
	size_t size;	     /* of a record */
	size_t n_columns;
	struct column columns[COLUMNS_MAX];
};

/* Records that have an id begin with it, and come in its order. */
static int by_id(const void *key, const void *record)
{
	return strcmp(key, *(const char *const *)record);
}

static uint32_t find(const void *records, uint32_t n, size_t size, const char *id)
{
	const char *found = n > 0 ? bsearch(id, records, n, size, by_id) : NULL;

	return found ? (uint32_t)((size_t)(found - (const char *)records) / size) : ESTATE_NONE;
}

uint32_t find_system(const struct loader *l, const char *id)
{
	return find(l->estate->systems, l->estate->n_systems, sizeof(*l->estate->systems), id);
}

static uint32_t find_zone(const struct loader *l, const char *id)
{
	return find(l->estate->zones, l->estate->n_zones, sizeof(*l->estate->zones), id);
}

static uint32_t find_reference(const struct loader *l, enum column_kind kind, const char *id)
{
	const struct estate *e = l->estate;

	if (kind == OF_SYSTEM)
		return find_system(l, id);
	return kind == OF_ZONE
		       ? find_zone(l, id)
		       : find(e->businesses, e->n_businesses, sizeof(*e->businesses), id);
}

/* 0: the record is whole; 1: it refers to nothing of the estate. */
static int take_record(struct loader *l, const struct table *table,
	const struct db_result *rows, size_t row, char *record)
{
	for (size_t c = 0; c < table->n_columns; c++) {
		const struct column *column = &table->columns[c];
		char *place = record + column->offset;
		uint32_t index;
		const char *text;

		switch (column->kind) {
		case TEXT:
			text = loader_keep(l, rows, row, (int)c);
			if (!text)
				return loader_no_memory(l);
			memcpy(place, &text, sizeof(text));
			break;
		case BYTE: /* a truth reads as 0 as a number */
			*place = (char)(db_get_bool(rows, row, (int)c) ? 1
					: db_get_int(rows, row, (int)c));
			break;
		case NUMBER:
			index = (uint32_t)db_get_int(rows, row, (int)c);
			memcpy(place, &index, sizeof(index));
			break;
		case OTHERWISE:
			break;
		case OF_ASSET:
			index = find_asset(l, (uint64_t)db_get_int(rows, row, (int)c));
			memcpy(place, &index, sizeof(index));
			break;
		default:
			index = find_reference(
				l, column->kind, db_get_text(rows, row, (int)c));
			if (index == ESTATE_NONE)
				return 1;
			memcpy(place, &index, sizeof(index));
		}
	}
	return 0;
}

static int load_table(struct loader *l, const struct table *table, struct db_result **ret_rows)
{
	char *records;
	uint32_t n = 0;
	int r = loader_rows(l, table->query, ret_rows);

	if (r < 0)
		return r;
	records = loader_array(l, db_rows(*ret_rows), table->size);
	if (!records)
		return loader_no_memory(l);
	for (size_t i = 0; i < db_rows(*ret_rows); i++) {
		r = take_record(l, table, *ret_rows, i, records + n * table->size);
		if (r < 0)
			return r;
		n += r == 0;
	}
	memcpy((char *)l->estate + table->array, &records, sizeof(records));
	memcpy((char *)l->estate + table->count, &n, sizeof(n));
	return 0;
}

#define COLUMN(kind, record, field) {kind, offsetof(struct estate_##record, field)}
#define TABLE(rows, plural, record, n)                                                         \
	.query = &(rows), .array = offsetof(struct estate, plural),                            \
	.count = offsetof(struct estate, n_##plural), .size = sizeof(struct estate_##record),  \
	.n_columns = (n)

/* clang-format off */
static const struct table systems = {
	TABLE(query_estate_systems, systems, system, 14), .columns = {
	COLUMN(TEXT, system, id), COLUMN(TEXT, system, name),
	COLUMN(TEXT, system, organisation), COLUMN(TEXT, system, sector),
	COLUMN(TEXT, system, business), COLUMN(BYTE, system, tier),
	COLUMN(TEXT, system, designation_no), COLUMN(TEXT, system, designation_pack),
	COLUMN(BYTE, system, external), COLUMN(TEXT, system, division),
	COLUMN(TEXT, system, manages), COLUMN(TEXT, system, operates),
	COLUMN(NUMBER, system, maximum), COLUMN(NUMBER, system, decided)}};
static const struct table zones = {TABLE(query_estate_zones, zones, zone, 6), .columns = {
	COLUMN(TEXT, zone, id), COLUMN(TEXT, zone, name), {OTHERWISE, 0},
	COLUMN(TEXT, zone, purdue), COLUMN(TEXT, zone, protects), COLUMN(BYTE, zone, sl_t)}};
/* What is referred to goes first. */
static const struct table tables[] = {
	{TABLE(query_estate_organisations, organisations, organisation, 4), .columns = {
		COLUMN(TEXT, organisation, id), COLUMN(TEXT, organisation, name),
		COLUMN(TEXT, organisation, sector), COLUMN(TEXT, organisation, division)}},
	{TABLE(query_estate_businesses, businesses, business, 5), .columns = {
		COLUMN(TEXT, business, id), COLUMN(TEXT, business, name),
		COLUMN(TEXT, business, organisation), COLUMN(TEXT, business, sector),
		COLUMN(BYTE, business, key)}},
	{TABLE(query_estate_supports, supports, support, 3), .columns = {
		COLUMN(OF_SYSTEM, support, system), COLUMN(OF_BUSINESS, support, business),
		COLUMN(TEXT, support, strength)}},
	{TABLE(query_estate_dependencies, dependencies, dependency, 3), .columns = {
		COLUMN(OF_SYSTEM, dependency, from), COLUMN(OF_SYSTEM, dependency, on),
		COLUMN(TEXT, dependency, strength)}},
	{TABLE(query_estate_supplies, supplies, supply, 5), .columns = {
		COLUMN(OF_SYSTEM, supply, system), COLUMN(TEXT, supply, supplier),
		COLUMN(TEXT, supply, service), COLUMN(TEXT, supply, path),
		COLUMN(BYTE, supply, remote)}},
	{TABLE(query_estate_exits, exits, exit, 6), .columns = {
		COLUMN(TEXT, exit, id), COLUMN(TEXT, exit, name), COLUMN(TEXT, exit, carrier),
		COLUMN(OF_ASSET, exit, asset), COLUMN(TEXT, exit, system_ids),
		COLUMN(TEXT, exit, systems)}},
	{TABLE(query_estate_conduits, conduits, conduit, 6), .columns = {
		COLUMN(TEXT, conduit, id), COLUMN(TEXT, conduit, name),
		COLUMN(OF_ZONE, conduit, from), COLUMN(OF_ZONE, conduit, to),
		COLUMN(TEXT, conduit, device), COLUMN(TEXT, conduit, protocols)}},
};
/* clang-format on */

int load_systems(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = load_table(l, &systems, &rows);

	for (uint32_t i = 0; r == 0 && i < l->estate->n_systems; i++)
		l->estate->systems[i].designated =
			l->estate->systems[i].designation_no[0] != '\0';
	return r;
}

/* A zone may name one that comes after it. */
static int load_zones(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = load_table(l, &zones, &rows);

	for (uint32_t i = 0; r == 0 && i < l->estate->n_zones; i++)
		l->estate->zones[i].parent = find_zone(l, db_get_text(rows, i, 2));
	return r;
}

int load_register(struct loader *l)
{
	int r = load_zones(l);

	for (size_t i = 0; r == 0 && i < sizeof(tables) / sizeof(*tables); i++) {
		_cleanup_(db_result_freep) struct db_result *rows = NULL;

		r = load_table(l, &tables[i], &rows);
	}
	return r;
}
