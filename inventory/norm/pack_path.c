/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths of a norm pack into the dossier. All are XPath 1.0 and compiled as such. Most are of
 * one kind, child elements of a name with attributes of given values, and perhaps an attribute
 * of these; such a path is also kept as what it is, because looking at the children costs a
 * tenth of a walk by XPath. What is not exactly of that kind is left to XPath.
 *
 * Reference: XPath 1.0, sections 2.5 (abbreviated syntax), 3.4 (comparison of node sets), 4.
 */
#include "common/text.h"
#include "inventory/norm/pack_parts.h"
#include "inventory/norm/safexml.h"

#include <libxml/xpathInternals.h>

#include <stdlib.h>
#include <string.h>

static void compile_complaint(void *data, xmlError *problem)
{
	char *text = data;

	if (!text[0] && problem->message)
		snprintf(text, 128, "%.*s", (int)strcspn(problem->message, "\n"),
			problem->message);
}

int pack_xpath_compile(const char *text, xmlXPathCompExpr **ret_compiled, struct error *reterr)
{
	xmlXPathContext *context = xmlXPathNewContext(NULL);
	xmlXPathCompExpr *compiled;
	char why[128] = "";

	if (!context)
		return error_set(reterr, ERROR_SYSTEM, "no memory for an XPath context");
	context->error = compile_complaint;
	context->userData = why;
	context->opLimit = 100000;
	compiled = xmlXPathCtxtCompile(context, (const xmlChar *)text);
	xmlXPathFreeContext(context);
	if (!compiled)
		return error_set(reterr, ERROR_INPUT, "\"%.200s\" is not XPath 1.0: %s", text,
			why[0] ? why : "syntax error");
	*ret_compiled = compiled;
	return 0;
}

/* ---- what a path may name ------------------------------------------------------------ */

#define ANY_NUMBER INT8_MAX
#define NOT_IN_TESTS (-1)

/* The core library of XPath 1.0 and the tests of nodes, with how many arguments they take. What
 * needs a node, or depends on the language, is not for tests. */
static const struct call {
	const char *name;
	int8_t least, most, least_in_test;
} calls[] = {
	{"last", 0, 0, NOT_IN_TESTS}, {"position", 0, 0, NOT_IN_TESTS},
	{"count", 1, 1, NOT_IN_TESTS}, {"id", 1, 1, NOT_IN_TESTS},
	{"local-name", 0, 1, NOT_IN_TESTS}, {"namespace-uri", 0, 1, NOT_IN_TESTS},
	{"name", 0, 1, NOT_IN_TESTS}, {"string", 0, 1, 1}, {"concat", 2, ANY_NUMBER, 2},
	{"starts-with", 2, 2, 2}, {"contains", 2, 2, 2}, {"substring-before", 2, 2, 2},
	{"substring-after", 2, 2, 2}, {"substring", 2, 3, 2}, {"string-length", 0, 1, 1},
	{"normalize-space", 0, 1, 1}, {"translate", 3, 3, 3}, {"boolean", 1, 1, 1},
	{"not", 1, 1, 1}, {"true", 0, 0, 0}, {"false", 0, 0, 0}, {"lang", 1, 1, NOT_IN_TESTS},
	{"number", 0, 1, 1}, {"sum", 1, 1, NOT_IN_TESTS}, {"floor", 1, 1, 1},
	{"ceiling", 1, 1, 1}, {"round", 1, 1, 1}, {"text", 0, 0, NOT_IN_TESTS},
	{"node", 0, 0, NOT_IN_TESTS}, {"comment", 0, 0, NOT_IN_TESTS},
	{"processing-instruction", 0, 1, NOT_IN_TESTS}};

static bool is_operator(const struct expr_token *name)
{
	return expr_token_is(name, "and") || expr_token_is(name, "or") ||
		expr_token_is(name, "div") || expr_token_is(name, "mod");
}

static bool is_either(const struct expr_token *token, const char *one, const char *other)
{
	return expr_token_is(token, one) || expr_token_is(token, other);
}

/* How many arguments stand between a parenthesis, behind which `at` is, and its end. */
static int count_arguments(const char *at, const char *end)
{
	int depth = 0, commas = 0;
	bool any = false;

	for (;; any = true) {
		struct expr_token token = expr_token(&at, end);

		if (token.kind == TOKEN_END || (depth == 0 && expr_token_is(&token, ")")))
			return any ? commas + 1 : 0;
		if (is_either(&token, "(", "["))
			depth++;
		else if (is_either(&token, ")", "]"))
			depth--;
		else if (depth == 0 && expr_token_is(&token, ","))
			commas++;
	}
}

int pack_call_check(const struct expr_token *name, const char *at, const char *end,
	bool in_test, struct error *reterr)
{
	const struct call *call = calls, *behind = calls + ARRAY_SIZE(calls);
	int n = count_arguments(at, end), least;

	while (call < behind && !expr_token_is(name, call->name))
		call++;
	if (in_test && (call == behind || call->least_in_test == NOT_IN_TESTS))
		return error_set(reterr, ERROR_INPUT,
			"the function %.*s() may not be used in a test", (int)name->n,
			name->text);
	if (call == behind)
		return error_set(reterr, ERROR_INPUT, "XPath 1.0 has no function %.*s()",
			(int)name->n, name->text);
	least = in_test ? call->least_in_test : call->least;
	if (n >= least && n <= call->most)
		return 0;
	if (call->most == ANY_NUMBER)
		return error_set(reterr, ERROR_INPUT,
			"%s() takes at least %d arguments, not %d", call->name, least, n);
	if (least < call->most)
		return error_set(reterr, ERROR_INPUT, "%s() takes %d or %d arguments, not %d",
			call->name, least, call->most, n);
	return error_set(reterr, ERROR_INPUT, "%s() takes %d argument%s, not %d", call->name,
		least, least == 1 ? "" : "s", n);
}

/* XPath would notice only when a dossier is there, and of some only what it comes to. The
 * namespaces of an element are no nodes of a document tree (struct xmlNs). */
static int check_names(const char *text, struct error *reterr)
{
	const char *end = text + strlen(text);

	for (;;) {
		struct expr_token token = expr_token(&text, end), behind;
		const char *at = text;

		if (token.kind == TOKEN_END)
			return 0;
		if (token.kind == TOKEN_VARIABLE)
			return error_set(reterr, ERROR_INPUT,
				"$%.*s: a path sees the dossier, not the facts", (int)token.n,
				token.text);
		if (token.kind != TOKEN_NAME)
			continue;
		behind = expr_token(&at, end);
		if (is_either(&token, "div", "mod") && behind.kind == TOKEN_NUMBER &&
			strtod(behind.text, NULL) == 0)
			return error_set(reterr, ERROR_INPUT,
				"%.*s %.*s divides by zero, so it can never be known",
				(int)token.n, token.text, (int)behind.n, behind.text);
		if (expr_token_is(&behind, "(") && !is_operator(&token) &&
			pack_call_check(&token, at, end, false, reterr) < 0)
			return ERROR_INPUT;
		if (expr_token_is(&behind, ":") && (at == end || *at != ':' ||
			expr_token_is(&token, "namespace")))
			return error_set(reterr, ERROR_INPUT,
				"\"%.*s:\": the dossier has no namespaces", (int)token.n,
				token.text);
	}
}

/* ---- direct paths -------------------------------------------------------------------- */

struct reader {
	struct pack *pack;
	const char *at, *end;
	struct expr_token token; /* the one at hand */
	struct pack_path *path;
	struct pack_path_with with[PACK_PATH_WITH_MAX];
};

static void next(struct reader *r)
{
	r->token = expr_token(&r->at, r->end);
}

static bool take(struct reader *r, const char *text)
{
	if (!expr_token_is(&r->token, text) || r->token.kind == TOKEN_LITERAL)
		return false;
	next(r);
	return true;
}

/* A name that nothing behind it makes a function, an axis or a prefix. */
static const char *take_name(struct reader *r)
{
	const char *name;

	if (r->token.kind != TOKEN_NAME)
		return NULL;
	name = arena_strndup(r->pack->arena, r->token.text, r->token.n);
	next(r);
	return expr_token_is(&r->token, "(") || expr_token_is(&r->token, ":") ? NULL : name;
}

/* @name = 'value' or @name != 'value' */
static bool take_comparison(struct reader *r, uint8_t group)
{
	struct pack_path *path = r->path;
	const char *name;
	bool differs;

	if (path->n_with >= PACK_PATH_WITH_MAX || !take(r, "@") || !(name = take_name(r)))
		return false;
	differs = take(r, "!=");
	if ((!differs && !take(r, "=")) || r->token.kind != TOKEN_LITERAL)
		return false;
	r->with[path->n_with++] = (struct pack_path_with){name, arena_strndup(r->pack->arena,
		r->token.text + 1, r->token.n - 2), differs, group};
	next(r);
	return r->with[path->n_with - 1].value != NULL;
}

/* Several of which one must hold, in parentheses; or a single one. */
static bool take_group(struct reader *r, uint8_t group)
{
	if (!take(r, "("))
		return take_comparison(r, group);
	do {
		if (!take_comparison(r, group))
			return false;
	} while (take(r, "or"));
	return take(r, ")");
}

static bool take_predicate(struct reader *r)
{
	uint8_t group = 0;

	do {
		if (!take_group(r, group++))
			return false;
	} while (take(r, "and"));
	return take(r, "]");
}

/* NAME, NAME[...], NAME[...]/@attribute, @attribute */
static bool is_direct(struct reader *r)
{
	struct pack_path *path = r->path;

	next(r);
	if (r->token.kind == TOKEN_NAME) {
		path->element = take_name(r);
		if (!path->element || (take(r, "[") && !take_predicate(r)))
			return false;
		if (r->token.kind == TOKEN_END)
			return true;
		if (!take(r, "/"))
			return false;
	}
	return take(r, "@") && (path->attribute = take_name(r)) && r->token.kind == TOKEN_END;
}

int pack_path_parse(struct pack *pack, const char *text, struct pack_path *ret_path,
	struct error *reterr)
{
	struct pack_path path = {0};
	struct reader r = {.pack = pack, .at = text, .end = text + strlen(text), .path = &path};
	int code = pack_xpath_compile(text, &ret_path->compiled, reterr);

	if (code == 0)
		code = check_names(text, reterr);
	if (code < 0)
		return code;
	ret_path->text = text;
	if (!is_direct(&r))
		return 0;
	path.with = arena_copy(pack->arena, r.with, path.n_with * sizeof(*path.with));
	path.direct = path.with || !path.n_with;
	path.compiled = ret_path->compiled;
	path.text = text;
	*ret_path = path;
	return 0;
}

int pack_path_attr(struct pack *pack, const xmlNode *node, const char *name,
	struct pack_path *ret_path, struct error *reterr)
{
	const char *text = safexml_attr(node, name, NULL);
	int r = text ? pack_path_parse(pack, text, ret_path, reterr) : 0;

	return r < 0 ? error_wrap(reterr, r, "%s", name) : 0;
}

static bool attributes_fit(const struct pack_path *path, const xmlNode *node)
{
	uint8_t i = 0;

	while (i < path->n_with) {
		uint8_t group = path->with[i].group;
		bool any = false;

		for (; i < path->n_with && path->with[i].group == group; i++) {
			const struct pack_path_with *with = &path->with[i];
			const char *value = any ? NULL : safexml_attr(node, with->name, NULL);

			any |= value && (strcmp(value, with->value) != 0) == with->differs;
		}
		if (!any)
			return false;
	}
	return true;
}

static xmlNode *attribute_of(const xmlNode *node, const char *name)
{
	for (xmlAttr *attr = node->properties; attr; attr = attr->next)
		if (!attr->ns && strcmp((const char *)attr->name, name) == 0)
			return (xmlNode *)attr;
	return NULL;
}

xmlNode *pack_path_next(const struct pack_path *path, const xmlNode *from, xmlNode *before)
{
	xmlNode *node;

	if (!path->element)
		return before || from->type != XML_ELEMENT_NODE ? NULL :
			attribute_of(from, path->attribute);
	if (before && path->attribute)
		before = before->parent;
	for (node = before ? before->next : from->children; node; node = node->next) {
		xmlNode *found = node;

		if (node->type != XML_ELEMENT_NODE || node->ns ||
			strcmp((const char *)node->name, path->element) != 0 ||
			!attributes_fit(path, node))
			continue;
		if (path->attribute)
			found = attribute_of(node, path->attribute);
		if (found)
			return found;
	}
	return NULL;
}
