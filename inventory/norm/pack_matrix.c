/* SPDX-License-Identifier: Apache-2.0 */
/* The matrices of a norm pack: tables from codes to degrees, floors, and the highest of all. */
#include "inventory/norm/pack_parts.h"
#include "inventory/norm/safexml.h"

#include <stdlib.h>
#include <string.h>

static int find_fact(const struct pack *pack, const char *name, enum fact_type type,
	int *ret_fact, struct error *reterr)
{
	int fact = pack_fact_find(pack, name, strlen(name));

	if (fact < 0)
		return error_set(reterr, ERROR_INPUT,
			"\"%s\" is not a fact of this pack; declare it under <facts>", name);
	if (pack->facts[fact].type != type)
		return error_set(reterr, ERROR_INPUT, "\"%s\" is not of type %s", name,
			type == FACT_CODE ? "code" : "number");
	*ret_fact = fact;
	return 0;
}

static uint8_t degree(const xmlNode *node, const char *name)
{
	return (uint8_t)strtol(safexml_attr(node, name, "0"), NULL, 10);
}

static int parse_row(struct pack *pack, const xmlNode *node, struct pack_row *row,
	struct error *reterr)
{
	struct pack_cell *cells;
	int fact = 0;
	int r = find_fact(pack, safexml_attr(node, "fact", ""), FACT_CODE, &fact, reterr);

	if (r < 0)
		return r;
	row->fact = (uint8_t)fact;
	row->basis = pack_people_text(pack, safexml_attr(node, "basis", ""));
	cells = arena_alloc(pack->arena, DIAGRAM_VALUES_MAX * sizeof(*cells));
	if (!cells)
		return error_set(reterr, ERROR_SYSTEM, NO_MEMORY);
	for (xmlNode *cell = safexml_child(node, "cell"); cell;
		cell = safexml_next(cell, "cell")) {
		const char *value = safexml_attr(cell, "value", "");

		for (uint8_t i = 0; i < row->n_cells; i++)
			if (strcmp(cells[i].value, value) == 0)
				return error_set(reterr, ERROR_INPUT,
					"line %ld: a second cell for \"%s\"",
					safexml_line(cell), value);
		if (row->n_cells >= DIAGRAM_VALUES_MAX - 1)
			return error_set(reterr, ERROR_INPUT, "more than %d cells",
				DIAGRAM_VALUES_MAX - 1);
		cells[row->n_cells++] = (struct pack_cell){value, degree(cell, "gives")};
	}
	row->cells = cells;
	return 0;
}

static int parse_floor(struct pack *pack, const xmlNode *node, struct pack_floor *floor,
	struct error *reterr)
{
	const char *criterion = safexml_attr(node, "criterion", NULL);
	const char *gives = safexml_attr(node, "gives", NULL);
	const char *name = safexml_attr(node, "fact", NULL),
		   *to = safexml_attr(node, "to", NULL);
	int found = -1, r = 0;

	*floor = (struct pack_floor){-1, -1, degree(node, criterion ? "gives" : "to"),
		pack_people_text(pack, safexml_attr(node, "basis", ""))};
	if (!(criterion && gives && !name && !to) && !(name && to && !criterion && !gives))
		return error_set(reterr, ERROR_INPUT,
			"a floor is either a criterion and what it gives, or a fact and to");
	if (floor->gives == 0)
		return error_set(reterr, ERROR_INPUT, "a floor of 0 holds nothing up");
	if (name) {
		r = find_fact(pack, name, FACT_NUMBER, &found, reterr);
		floor->fact = (int16_t)found;
		return r;
	}
	found = pack_criterion_find(pack, criterion, strlen(criterion));
	if (found < 0)
		return error_set(reterr, ERROR_INPUT, "\"%s\" is not a criterion of this pack",
			criterion);
	floor->criterion = (int16_t)found;
	return 0;
}

static int parse_of(const struct pack *pack, const xmlNode *node, struct pack_matrix *matrix,
	struct error *reterr)
{
	const char *name = safexml_attr(node, "matrix", "");
	int other = pack_matrix_find(pack, name, strlen(name));

	if (other < 0)
		return error_set(reterr, ERROR_INPUT,
			"\"%s\" is not a matrix standing before this one (so that matrices "
			"cannot run in a circle)",
			name);
	matrix->of |= (uint16_t)(1u << other);
	return 0;
}

static int parse_parts(struct pack *pack, const xmlNode *node, struct pack_matrix *matrix,
	struct error *reterr)
{
	size_t n = 0;

	for (xmlNode *part = safexml_child(node, NULL); part; part = safexml_next(part, NULL))
		n++;
	matrix->rows = arena_alloc(pack->arena, (n + 1) * sizeof(*matrix->rows));
	matrix->floors = arena_alloc(pack->arena, (n + 1) * sizeof(*matrix->floors));
	if (!matrix->rows || !matrix->floors)
		return error_set(reterr, ERROR_SYSTEM, NO_MEMORY);
	for (xmlNode *part = safexml_child(node, NULL); part; part = safexml_next(part, NULL)) {
		const char *element = (const char *)part->name;
		int r;

		if (element[0] == 'r')
			r = parse_row(pack, part, &matrix->rows[matrix->n_rows++], reterr);
		else if (element[0] == 'f')
			r = parse_floor(
				pack, part, &matrix->floors[matrix->n_floors++], reterr);
		else
			r = parse_of(pack, part, matrix, reterr);
		if (r < 0)
			return pack_at(pack, r, part, reterr);
	}
	return 0;
}

/* Words of the outcome language, which a matrix would hide. */
static bool is_reserved(const char *name)
{
	static const char *const words[] = {"bright", "violated", "score", "and", "or", "not"};

	return pack_word(words, 6, name) < 6;
}

int pack_matrices_parse(struct pack *pack, const xmlNode *matrices, struct error *reterr)
{
	xmlNode *node = matrices ? safexml_child(matrices, "matrix") : NULL;

	for (; node && pack->n_matrices < PACK_MATRICES_MAX;
		node = safexml_next(node, "matrix")) {
		const char *name = safexml_attr(node, "name", "");
		struct pack_matrix matrix = {.name = name, .line = safexml_line(node)};
		int r = 0;

		matrix.label = pack_people_text(pack, safexml_attr(node, "label", ""));
		matrix.basis = pack_people_text(pack, safexml_attr(node, "basis", ""));
		if (is_reserved(name))
			r = error_set(reterr, ERROR_INPUT,
				"the name is a word of the outcome's language; take another");
		else if (pack_matrix_find(pack, name, strlen(name)) >= 0)
			r = error_set(reterr, ERROR_INPUT, "the name is used twice");
		if (r < 0)
			return pack_at(pack, r, node, reterr);
		r = parse_parts(pack, node, &matrix, reterr);
		if (r < 0)
			return r;
		pack->matrices[pack->n_matrices++] = matrix;
	}
	return 0;
}
