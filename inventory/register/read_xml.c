/* SPDX-License-Identifier: Apache-2.0 */
/* A register in XML, by the rows of tables.c; see register.h. What the schema demands is not
 * demanded again. */
#include "inventory/register/register.h"

#include <stdio.h>
#include <string.h>

static const char *attribute(const xmlNode *node, const char *name)
{
	return safexml_attr(node, name, NULL);
}

/* The element's own attribute, or that of the nearest one around it. */
static const char *inherited(const xmlNode *node, const char *name)
{
	for (; node && node->type == XML_ELEMENT_NODE; node = node->parent)
		if (attribute(node, name))
			return attribute(node, name);
	return NULL;
}

/* The value of a column that is no attribute of its own name. */
static const char *special(enum register_kind kind, const struct register_column *column,
	const xmlNode *node)
{
	const char *element = (const char *)node->name;

	if (kind == REGISTER_SYSTEM)
		return strcmp(element, "external-system") == 0 ? "yes" : "no";
	if (kind == REGISTER_RULE && column->type == REGISTER_SELECTED)
		return attribute(node, register_rule_attribute(element));
	return element;
}

static bool is_special(enum register_kind kind, const struct register_column *column)
{
	return column->flags & REGISTER_ELEMENT ||
		(kind == REGISTER_RULE && column->type == REGISTER_SELECTED);
}

static int take(struct register_reader *r, enum register_kind kind, const xmlNode *node,
	const char *owner)
{
	const struct register_column *columns = register_tables[kind].columns;
	struct register_row row = {.kind = kind, .line = safexml_line(node),
		.as_of = inherited(node, "as-of"), .document = inherited(node, "document")};

	for (size_t i = 0; columns[i].name; i++)
		if (columns[i].flags & REGISTER_OWNER)
			row.values[i] = owner;
		else if (is_special(kind, &columns[i]))
			row.values[i] = special(kind, &columns[i], node);
		else
			row.values[i] = attribute(node, columns[i].attribute);
	return register_take_row(r, &row);
}

/* The table of an element among the parts of `owner` (itself: among the lists of the root). */
static enum register_kind kind_of(enum register_kind owner, const char *list,
	const char *element)
{
	for (int k = 0; k < REGISTER_KIND_N; k++) {
		const struct register_table *t = &register_tables[k];

		if (t->owner != owner || (enum register_kind)k == owner ||
			(t->list == NULL) != (list == NULL) ||
			(list && strcmp(list, t->list) != 0))
			continue;
		if (!t->element ? k == REGISTER_RULE : strcmp(t->element, element) == 0)
			return (enum register_kind)k;
	}
	return REGISTER_KIND_N;
}

/* A list within a system, and whether it is said to be complete. */
static int take_list(struct register_reader *r, const xmlNode *list, const char *owner)
{
	int q = attribute(list, "complete") ? take(r, REGISTER_LIST, list, owner) : 0;

	for (const xmlNode *node = safexml_child(list, NULL); node && q == 0;
		node = safexml_next(node, NULL)) {
		enum register_kind kind = kind_of(REGISTER_SYSTEM, (const char *)list->name,
			(const char *)node->name);

		if (kind != REGISTER_KIND_N)
			q = take(r, kind, node, owner);
	}
	return q;
}

static int take_thing(struct register_reader *r, enum register_kind kind, const xmlNode *node)
{
	const char *id = attribute(node, "id");
	int q = take(r, kind, node, NULL);

	for (const xmlNode *part = safexml_child(node, NULL); part && q == 0;
		part = safexml_next(part, NULL)) {
		enum register_kind k = kind_of(kind, NULL, (const char *)part->name);

		q = k != REGISTER_KIND_N ? take(r, k, part, id) : take_list(r, part, id);
	}
	return q;
}

static enum register_kind kind_of_list(const char *list)
{
	for (int k = 0; k < REGISTER_KIND_N; k++)
		if (register_tables[k].owner == (enum register_kind)k &&
			strcmp(register_tables[k].list, list) == 0)
			return (enum register_kind)k;
	return REGISTER_KIND_N;
}

int register_read_xml(struct register_reader *reader, const char *bytes, size_t n)
{
	struct register_document *doc = reader->doc;
	_cleanup_(xml_docp) xmlDoc *xml = NULL;
	const xmlNode *root;
	int r = safexml_parse(&safexml_register, reader->file, bytes, n, &xml, reader->reterr);

	if (r < 0)
		return r;
	root = xmlDocGetRootElement(xml);
	doc->realm = register_clean(reader, safexml_attr(root, "realm", ""));
	doc->document = register_clean(reader, safexml_attr(root, "document", ""));
	doc->complete = strcmp(safexml_attr(root, "complete", "no"), "yes") == 0;
	if (!doc->realm || !doc->document)
		return error_set(reader->reterr, ERROR_SYSTEM, "%s: no memory for the register",
			reader->file);
	for (const xmlNode *list = safexml_child(root, NULL); list && r == 0;
		list = safexml_next(list, NULL)) {
		enum register_kind kind = kind_of_list((const char *)list->name);

		for (const xmlNode *node = safexml_child(list, NULL);
			node && r == 0 && kind != REGISTER_KIND_N;
			node = safexml_next(node, NULL))
			r = take_thing(reader, kind, node);
	}
	return r;
}
