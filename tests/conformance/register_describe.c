/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the tables of the register as docs/register.md has them, from the rows that the
 * program itself reads by. */
#include "inventory/register/register.h"

#include <stdio.h>
#include <string.h>

static const char *form(const struct register_column *c)
{
	static const char *const names[] = {"text", "long text", "id", "ids", "code", "codes",
		"one of", "sector", "day", "day, not in the future", "yes or no", "number",
		"number, not negative", "whole number", "digits", "prefix", "prefixes",
		"opaque reference", "by the field before", ""};

	return names[c->type];
}

static void print_codes(const struct register_column *c)
{
	for (const char *const *code = c->codes; code && *code; code++)
		printf("%s`%s`",
			code == c->codes ? c->type == REGISTER_ENUM ? " " : ": " : ", ", *code);
}

static const char *xml_name(int kind, const struct register_column *c)
{
	if (c->flags & REGISTER_OWNER)
		return "(the element around)";
	if (c->flags & REGISTER_ELEMENT)
		return "(the element)";
	return kind == REGISTER_RULE && c->type == REGISTER_SELECTED ?
		"`cidr`, `value`, `glob`, `name`, `id`" : NULL;
}

static void print_column(int kind, const struct register_column *c)
{
	printf("| `%s`%s | ", c->name, c->flags & REGISTER_KEY ? " (key)" : "");
	if (xml_name(kind, c))
		printf("%s", xml_name(kind, c));
	else
		printf("`%s`", c->attribute);
	printf(" | %s | %s", c->label, form(c));
	print_codes(c);
	if (c->type == REGISTER_DIGITS)
		printf(", exactly %d", c->high);
	if (c->type == REGISTER_WHOLE)
		printf(" from %d to %d", c->low, c->high);
	if (c->flags & REGISTER_REFERENCE)
		printf(" of `%s`", register_tables[c->target].name);
	if (c->missing && c->missing[0] != '-')
		printf("; else `%s`", c->missing);
	printf(" | %s |\n", c->flags & REGISTER_REQUIRED ?
		c->flags & REGISTER_OWN_ONLY ? "own" : "yes" : "");
}

static void print_table(int kind)
{
	const struct register_table *t = &register_tables[kind];
	char element[128] = "";

	if (kind == REGISTER_SYSTEM)
		snprintf(element, sizeof(element), "systems/system, external-system");
	else if (!t->element)
		snprintf(element, sizeof(element), "system/%s",
			kind == REGISTER_LIST ? "supports, controls, dependants" :
			"assets/prefix, address, name, tag, vlan, asset");
	else
		snprintf(element, sizeof(element), "%s%s%s%s%s",
			(int)t->owner != kind ? register_tables[t->owner].thing : "",
			(int)t->owner != kind ? "/" : "", t->list ? t->list : "",
			t->list ? "/" : "", t->element);
	printf("\n### %s (%s)\n\nXML: `%s`\n\n| field | XML | \xe4\xb8\xad\xe6\x96\x87 | form "
	       "| must |\n"
	       "|---|---|---|---|---|\n",
		t->name, t->label, element);
	for (const struct register_column *c = t->columns; c->name; c++)
		if (c->type != REGISTER_DERIVED)
			print_column(kind, c);
}

int main(void)
{
	for (int k = 0; k < REGISTER_KIND_N; k++)
		print_table(k);
	return 0;
}
