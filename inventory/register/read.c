/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a register file into statements; see register.h. */
#include "inventory/register/register.h"

#include "common/addr.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/model/digest.h"
#include "common/text.h"
#include "inventory/norm/facts.h"
#include "inventory/norm/safexml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_MAX ((size_t)1024 * 1024 * 1024)
#define DATE_SIZE 11

/* One column of a table, from an attribute. Without the attribute it is `missing`, or null. */
struct field {
	const char *attribute, *column, *missing;
};

static const struct field organisation_fields[] = {{"id", "id", ""}, {"name", "name", ""},
	{"sector", "sector", ""}, {"credit-code", "credit_code", ""},
	{"unit-type", "unit_type", ""}, {"affiliation", "affiliation", ""},
	{"division", "division", ""}, {"parent", "parent", NULL}, {0}};
static const struct field role_fields[] = {{"code", "code", ""}, {"scope", "scope", ""}, {0}};
static const struct field subnet_fields[] = {{"name", "name", ""}, {"zone", "zone", ""}, {0}};
static const struct field business_fields[] = {{"id", "id", ""}, {"name", "name", ""},
	{"organisation", "organisation", ""}, {"sector", "sector", ""},
	{"function", "function", ""}, {"key", "is_key", "no"}, {"rto-hours", "rto_hours", NULL},
	{"fallback-hours", "fallback_hours", NULL}, {0}};
static const struct field system_fields[] = {{"id", "id", ""}, {"name", "name", ""},
	{"organisation", "organisation", ""}, {"sector", "sector", ""}, {"class", "class", ""},
	{"kind", "kind", ""}, {"function", "function", ""},
	{"service-scope", "service_scope", ""}, {"counterparts", "counterparts", ""},
	{"lifecycle", "lifecycle", "in-service"}, {0}};
static const struct field tier_fields[] = {
	{"s", "s", ""}, {"a", "a", ""}, {"determined", "determined", NULL}, {0}};
static const struct field metric_fields[] = {
	{"name", "name", ""}, {"unit", "unit", ""}, {"value", "value", ""}, {0}};
static const struct field list_fields[] = {
	{"complete", "complete", "no"}, {"hops", "hops", NULL}, {0}};
static const struct field support_fields[] = {
	{"business", "business", ""}, {"strength", "strength", ""}, {0}};
static const struct field unit_fields[] = {
	{"id", "id", ""}, {"name", "name", ""}, {"mw", "mw", NULL}, {0}};
static const struct field answer_fields[] = {{"pack", "pack", ""},
	{"criterion", "criterion", ""}, {"met", "met", ""}, {"official", "official", ""}, {0}};
static const struct field dependency_fields[] = {{"from", "from_system", ""},
	{"on", "on_system", ""}, {"strength", "strength", ""}, {0}};

struct reader {
	struct register_document *doc;
	int64_t day;
	char today[DATE_SIZE];
	struct error *reterr;
};

static int no_memory(struct reader *r)
{
	return error_set(r->reterr, ERROR_SYSTEM, "%s: no memory for the register",
		r->doc->file);
}

void register_document_free(struct register_document *doc)
{
	if (!doc)
		return;
	for (int k = 0; k < REGISTER_KIND_N; k++) {
		str_done(&doc->json[k]);
		str_done(&doc->owners[k]);
	}
	free(doc->statements);
	free(doc->references);
	xmlFreeDoc(doc->xml);
	arena_free(doc->arena);
	free(doc);
}

/* ---- attributes ---------------------------------------------------------------------- */

/* An attribute as clean text of the arena, without blanks around it. */
static const char *attribute(struct reader *r, const xmlNode *node, const char *name,
	const char *missing)
{
	const char *raw = safexml_attr(node, name, NULL), *copy = missing;
	struct str clean = STR_INIT(REGISTER_TEXT_MAX);
	size_t n;

	if (!raw)
		return missing;
	raw += strspn(raw, " \t\r\n");
	n = strlen(raw);
	while (n > 0 && strchr(" \t\r\n", raw[n - 1]))
		n--;
	text_clean(&clean, raw, n, REGISTER_TEXT_MAX);
	copy = arena_strdup(r->doc->arena, clean.data);
	str_done(&clean);
	return copy ? copy : "";
}

/* The element's own attribute, or that of the nearest one around it. */
static const xmlNode *inherited(const xmlNode *node, const char *name)
{
	for (; node && node->type == XML_ELEMENT_NODE; node = node->parent)
		if (safexml_attr(node, name, NULL))
			return node;
	return NULL;
}

static int check_day(struct reader *r, const xmlNode *node, const char *name, const char *date)
{
	int64_t day = facts_day_parse(date);

	if (day >= 0 && day <= r->day)
		return 0;
	if (day < 0)
		return error_set(r->reterr, ERROR_INPUT,
			"%s:%ld: %s=\"%s\" is not a day that a register can state; write "
			"YYYY-MM-DD from 1970 on", r->doc->file, safexml_line(node), name,
			date);
	return error_set(r->reterr, ERROR_INPUT,
		"%s:%ld: %s=\"%s\" lies in the future (today is %s); a register states what "
		"is true",
		r->doc->file, safexml_line(node), name, date, r->today);
}

/* ---- statements ---------------------------------------------------------------------- */

static int grow(void **array, size_t *room, size_t n, size_t size)
{
	size_t more = *room ? *room * 2 : 256;
	void *bigger;

	if (n < *room)
		return 0;
	bigger = reallocarray(*array, more, size);
	if (!bigger)
		return -1;
	*array = bigger;
	*room = more;
	return 0;
}

static int add_statement(struct reader *r, enum register_kind kind, const xmlNode *node,
	const char *key, const char *label)
{
	struct register_document *doc = r->doc;

	if (doc->n_statements >= REGISTER_STATEMENTS_MAX)
		return error_set(r->reterr, ERROR_INPUT,
			"%s:%ld: the register has more than %d statements; split it", doc->file,
			safexml_line(node), REGISTER_STATEMENTS_MAX);
	if (!key || !label || grow((void **)&doc->statements, &doc->statements_room,
		doc->n_statements, sizeof(*doc->statements)) < 0)
		return no_memory(r);
	doc->statements[doc->n_statements++] =
		(struct register_statement){kind, key, label, safexml_line(node)};
	doc->n_of[kind]++;
	return 0;
}

static int add_reference(struct reader *r, enum register_kind target, const char *id,
	const xmlNode *node, const char *from)
{
	struct register_document *doc = r->doc;

	if (!from || grow((void **)&doc->references, &doc->references_room, doc->n_references,
		sizeof(*doc->references)) < 0)
		return no_memory(r);
	doc->references[doc->n_references++] =
		(struct register_reference){target, id, from, safexml_line(node)};
	return 0;
}

static void member(struct str *json, const char *name, const char *value)
{
	str_addf(json, "%s\"%s\":", json->data[json->len - 1] == '{' ? "" : ",", name);
	if (!value) {
		str_adds(json, "null");
		return;
	}
	str_addc(json, '"');
	text_encode_json(json, value);
	str_addc(json, '"');
}

static void begin_object(struct str *json)
{
	str_adds(json, json->len ? ",{" : "[{");
}

static void fields(struct reader *r, struct str *json, const xmlNode *node,
	const struct field *field)
{
	for (; field->attribute; field++)
		member(json, field->column, attribute(r, node, field->attribute,
			field->missing));
}

/* Closes the object with its evidence. */
static int end_object(struct reader *r, struct str *json, const xmlNode *node)
{
	const xmlNode *dated = inherited(node, "as-of"), *paper = inherited(node, "document");
	const char *as_of = dated ? attribute(r, dated, "as-of", "") : r->today;
	int q = check_day(r, dated ? dated : node, "as-of", as_of);

	if (q < 0)
		return q;
	member(json, "as_of", as_of);
	member(json, "document", paper ? attribute(r, paper, "document", "") : "");
	str_addc(json, '}');
	if (json->failed)
		return error_set(r->reterr, ERROR_INPUT,
			"%s: the register is too large to be taken at once; split it",
			r->doc->file);
	return 0;
}

static void add_owner(struct register_document *doc, enum register_kind kind, const char *id)
{
	struct str *owners = &doc->owners[kind];

	str_adds(owners, owners->len ? ",\"" : "[\"");
	text_encode_json(owners, id);
	str_addc(owners, '"');
}

/* A statement within `owner` (column `owner_column`), keyed by `key` besides. */
static int owned(struct reader *r, enum register_kind kind, const xmlNode *node,
	const char *owner_column, const char *owner, const char *key, const struct field *list)
{
	struct str *json = &r->doc->json[kind];
	int q;

	begin_object(json);
	member(json, owner_column, owner);
	fields(r, json, node, list);
	q = end_object(r, json, node);
	return q < 0 ? q : add_statement(r, kind, node,
		arena_printf(r->doc->arena, "%s\x1f%s", owner, key),
		arena_printf(r->doc->arena, "%s of %s", key[0] ? key : "tier", owner));
}

/* ---- organisations ------------------------------------------------------------------- */

static int read_organisation(struct reader *r, const xmlNode *node)
{
	struct register_document *doc = r->doc;
	struct str *json = &doc->json[REGISTER_ORGANISATION];
	const char *id = attribute(r, node, "id", ""), *parent = attribute(r, node, "parent",
		NULL);
	int q;

	begin_object(json);
	fields(r, json, node, organisation_fields);
	add_owner(doc, REGISTER_ORGANISATION, id);
	q = end_object(r, json, node);
	if (q == 0)
		q = add_statement(r, REGISTER_ORGANISATION, node, id, id);
	if (q == 0 && parent && strcmp(parent, id) == 0)
		q = error_set(r->reterr, ERROR_INPUT,
			"%s:%ld: the organisation \"%s\" is its own parent; name another one "
			"or none",
			doc->file, safexml_line(node), id);
	if (q == 0 && parent)
		q = add_reference(r, REGISTER_ORGANISATION, parent, node,
			arena_printf(doc->arena, "organisation \"%s\"", id));
	for (xmlNode *role = safexml_child(node, "role"); role && q == 0;
		role = safexml_next(role, "role"))
		q = owned(r, REGISTER_ROLE, role, "organisation", id,
			arena_printf(doc->arena, "%s %s", attribute(r, role, "code", ""),
				attribute(r, role, "scope", "")), role_fields);
	return q;
}

/* ---- subnets, businesses, dependencies ----------------------------------------------- */

static int bad_prefix(struct reader *r, const xmlNode *node, int q)
{
	return error_wrap(r->reterr, q, "%s:%ld", r->doc->file, safexml_line(node));
}

static int read_subnet(struct reader *r, const xmlNode *node)
{
	struct str *json = &r->doc->json[REGISTER_SUBNET];
	char text[CIDR_TEXT_MAX];
	const char *prefix;
	struct cidr cidr;
	int q = cidr_parse(attribute(r, node, "prefix", ""), &cidr, r->reterr);

	if (q < 0)
		return bad_prefix(r, node, ERROR_INPUT);
	prefix = arena_strdup(r->doc->arena, cidr_format(&cidr, text));
	begin_object(json);
	member(json, "prefix", prefix);
	fields(r, json, node, subnet_fields);
	q = end_object(r, json, node);
	return q < 0 ? q : add_statement(r, REGISTER_SUBNET, node, prefix, prefix);
}

static int read_business(struct reader *r, const xmlNode *node)
{
	struct register_document *doc = r->doc;
	struct str *json = &doc->json[REGISTER_BUSINESS];
	const char *id = attribute(r, node, "id", "");
	int q;

	begin_object(json);
	fields(r, json, node, business_fields);
	add_owner(doc, REGISTER_BUSINESS, id);
	q = end_object(r, json, node);
	if (q == 0)
		q = add_statement(r, REGISTER_BUSINESS, node, id, id);
	return q < 0 ? q : add_reference(r, REGISTER_ORGANISATION,
		attribute(r, node, "organisation", ""), node,
		arena_printf(doc->arena, "business \"%s\"", id));
}

static int read_dependency(struct reader *r, const xmlNode *node)
{
	struct register_document *doc = r->doc;
	struct str *json = &doc->json[REGISTER_DEPENDENCY];
	const char *from = attribute(r, node, "from", ""), *on = attribute(r, node, "on", "");
	const char *label = arena_printf(doc->arena, "%s on %s", from, on), *text;
	int q;

	if (strcmp(from, on) == 0)
		return error_set(r->reterr, ERROR_INPUT,
			"%s:%ld: the system \"%s\" is said to depend on itself; remove this "
			"dependency", doc->file, safexml_line(node), from);
	begin_object(json);
	fields(r, json, node, dependency_fields);
	q = end_object(r, json, node);
	if (q == 0)
		q = add_statement(r, REGISTER_DEPENDENCY, node,
			arena_printf(doc->arena, "%s\x1f%s", from, on), label);
	text = arena_printf(doc->arena, "dependency of \"%s\" on \"%s\"", from, on);
	if (q == 0)
		q = add_reference(r, REGISTER_SYSTEM, from, node, text);
	return q < 0 ? q : add_reference(r, REGISTER_SYSTEM, on, node, text);
}

/* ---- systems ------------------------------------------------------------------------- */

static int read_list(struct reader *r, const xmlNode *node, const char *system)
{
	struct str *json = &r->doc->json[REGISTER_LIST];
	const char *list = (const char *)node->name;
	int q;

	begin_object(json);
	member(json, "system", system);
	member(json, "list", list);
	fields(r, json, node, list_fields);
	q = end_object(r, json, node);
	return q < 0 ? q : add_statement(r, REGISTER_LIST, node,
		arena_printf(r->doc->arena, "%s\x1f%s", system, list), list);
}

static int read_supports(struct reader *r, const xmlNode *list, const char *system)
{
	int q = read_list(r, list, system);

	for (xmlNode *node = safexml_child(list, "support"); node && q == 0;
		node = safexml_next(node, "support")) {
		const char *business = attribute(r, node, "business", "");

		q = owned(r, REGISTER_SUPPORT, node, "system", system, business,
			support_fields);
		if (q == 0)
			q = add_reference(r, REGISTER_BUSINESS, business, node,
				arena_printf(r->doc->arena, "system \"%s\"", system));
	}
	return q;
}

static int read_controls(struct reader *r, const xmlNode *list, const char *system)
{
	int q = read_list(r, list, system);

	for (xmlNode *node = safexml_child(list, "unit"); node && q == 0;
		node = safexml_next(node, "unit"))
		q = owned(r, REGISTER_UNIT, node, "system", system,
			attribute(r, node, "id", ""), unit_fields);
	return q;
}

static int rule_value(struct reader *r, const xmlNode *node, const char *kind,
	const char **ret_value)
{
	char text[CIDR_TEXT_MAX];
	struct cidr cidr;
	struct addr addr;
	int q = 0;

	if (strcmp(kind, "name") == 0) {
		*ret_value = attribute(r, node, "glob", "");
		return 0;
	}
	if (strcmp(kind, "prefix") == 0) {
		q = cidr_parse(attribute(r, node, "cidr", ""), &cidr, r->reterr);
		if (q == 0)
			*ret_value = arena_strdup(r->doc->arena, cidr_format(&cidr, text));
	} else {
		q = addr_parse(attribute(r, node, "value", ""), &addr, r->reterr);
		if (q == 0)
			*ret_value = arena_strdup(r->doc->arena, addr_format(&addr, text));
	}
	return q < 0 ? bad_prefix(r, node, ERROR_INPUT) : 0;
}

static int read_rules(struct reader *r, const xmlNode *assets, const char *system)
{
	struct str *json = &r->doc->json[REGISTER_RULE];

	for (xmlNode *node = safexml_child(assets, NULL); node;
		node = safexml_next(node, NULL)) {
		const char *kind = (const char *)node->name, *value = NULL;
		int q = rule_value(r, node, kind, &value);

		if (q < 0)
			return q;
		begin_object(json);
		member(json, "system", system);
		member(json, "rule", kind);
		member(json, "value", value);
		q = end_object(r, json, node);
		if (q == 0)
			q = add_statement(r, REGISTER_RULE, node,
				arena_printf(r->doc->arena, "%s\x1f%s", kind, value), value);
		if (q < 0)
			return q;
	}
	return 0;
}

static int read_part(struct reader *r, const xmlNode *node, const char *system)
{
	const char *name = (const char *)node->name;
	struct arena *arena = r->doc->arena;
	const char *determined = attribute(r, node, "determined", NULL);

	if (determined) {
		int q = check_day(r, node, "determined", determined);

		if (q < 0)
			return q;
	}
	if (strcmp(name, "tier") == 0)
		return owned(r, REGISTER_TIER, node, "system", system, "", tier_fields);
	if (strcmp(name, "metric") == 0)
		return owned(r, REGISTER_METRIC, node, "system", system,
			arena_printf(arena, "%s in %s", attribute(r, node, "name", ""),
				attribute(r, node, "unit", "")), metric_fields);
	if (strcmp(name, "supports") == 0)
		return read_supports(r, node, system);
	if (strcmp(name, "controls") == 0)
		return read_controls(r, node, system);
	if (strcmp(name, "dependants") == 0)
		return read_list(r, node, system);
	if (strcmp(name, "answer") == 0)
		return owned(r, REGISTER_ANSWER, node, "system", system,
			arena_printf(arena, "%s %s", attribute(r, node, "pack", ""),
				attribute(r, node, "criterion", "")), answer_fields);
	return read_rules(r, node, system);
}

static int read_system(struct reader *r, const xmlNode *node)
{
	struct register_document *doc = r->doc;
	struct str *json = &doc->json[REGISTER_SYSTEM];
	const char *id = attribute(r, node, "id", "");
	bool external = strcmp((const char *)node->name, "external-system") == 0;
	int q;

	begin_object(json);
	fields(r, json, node, system_fields);
	member(json, "external", external ? "yes" : "no");
	add_owner(doc, REGISTER_SYSTEM, id);
	q = end_object(r, json, node);
	if (q == 0)
		q = add_statement(r, REGISTER_SYSTEM, node, id, id);
	if (q == 0)
		q = add_reference(r, REGISTER_ORGANISATION, attribute(r, node, "organisation",
			""), node, arena_printf(doc->arena, "system \"%s\"", id));
	for (xmlNode *part = safexml_child(node, NULL); part && q == 0;
		part = safexml_next(part, NULL))
		q = read_part(r, part, id);
	return q;
}

/* ---- the whole ----------------------------------------------------------------------- */

static int read_each(struct reader *r, const xmlNode *root, const char *list,
	int (*read)(struct reader *r, const xmlNode *node))
{
	const xmlNode *parent = safexml_child(root, list);
	int q = 0;

	if (!parent)
		return 0;
	for (xmlNode *node = safexml_child(parent, NULL); node && q == 0;
		node = safexml_next(node, NULL))
		q = read(r, node);
	return q;
}

static int read_body(struct reader *r)
{
	struct register_document *doc = r->doc;
	const xmlNode *root = xmlDocGetRootElement(doc->xml);
	int q;

	doc->realm = attribute(r, root, "realm", "");
	doc->document = attribute(r, root, "document", "");
	doc->complete = strcmp(attribute(r, root, "complete", "no"), "yes") == 0;
	q = read_each(r, root, "organisations", read_organisation);
	if (q == 0)
		q = read_each(r, root, "subnets", read_subnet);
	if (q == 0)
		q = read_each(r, root, "businesses", read_business);
	if (q == 0)
		q = read_each(r, root, "systems", read_system);
	if (q == 0)
		q = read_each(r, root, "dependencies", read_dependency);
	for (int k = 0; k < REGISTER_KIND_N; k++) {
		str_adds(&doc->json[k], doc->json[k].len ? "]" : "[]");
		str_adds(&doc->owners[k], doc->owners[k].len ? "]" : "[]");
		if (q == 0 && (doc->json[k].failed || doc->owners[k].failed))
			return no_memory(r);
	}
	return q < 0 ? q : register_check(doc, r->reterr);
}

int register_read(const char *path, int64_t day, struct register_document **ret_doc,
	struct error *reterr)
{
	_cleanup_(register_document_freep) struct register_document *doc = calloc(1,
		sizeof(*doc));
	_cleanup_(str_done) struct str bytes = STR_INIT(SAFEXML_REGISTER_MAX + 1);
	_cleanup_(str_done) struct str name = STR_INIT(REGISTER_TEXT_MAX);
	struct reader reader = {.doc = doc, .day = day, .reterr = reterr};
	char text[CLOCK_TEXT_MAX];
	uint8_t digest[DIGEST_SIZE];
	int r;

	text_clean(&name, path, strlen(path), REGISTER_TEXT_MAX);
	if (!doc || !(doc->arena = arena_new(MEMORY_MAX)) ||
		!(doc->file = arena_strdup(doc->arena, name.data)))
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory for the register", path);
	for (int k = 0; k < REGISTER_KIND_N; k++) {
		str_init(&doc->json[k], REGISTER_JSON_MAX);
		str_init(&doc->owners[k], REGISTER_JSON_MAX);
	}
	snprintf(reader.today, sizeof(reader.today), "%.10s",
		clock_format(day * 86400 * CLOCK_SECOND, text));
	r = file_read(path, SAFEXML_REGISTER_MAX, &bytes, reterr);
	if (r == 0)
		r = safexml_parse(&safexml_register, path, bytes.data, bytes.len, &doc->xml,
			reterr);
	if (r < 0)
		return r;
	digest_sha256(bytes.data, bytes.len, digest);
	digest_hex(digest, doc->sha256);
	r = read_body(&reader);
	if (r < 0)
		return r;
	*ret_doc = STEAL(doc);
	return 0;
}
