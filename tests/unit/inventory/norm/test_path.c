/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Direct paths against XPath: which paths are taken as direct, and that over random dossiers
 * they find what XPath finds, in its order. Names that no dossier and no XPath has are refused.
 */
#include "tests/unit/unit.h"

#include "inventory/norm/pack_parts.h"
#include "inventory/norm/safexml.h"

#include <libxml/xpathInternals.h>

#define DOSSIERS 1000

static struct arena *arena;
static uint64_t seed = 3;

static uint32_t roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % n;
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new((size_t)16 * 1024 * 1024);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const char *const direct[] = {"@a", "x", "x/@a", "x[@a='1']", "x[@a = \"1\"]/@b",
	"x[@a='1' and @b='2']", "x[@a!='1']", "x[(@a='1' or @a='2') and @b!='1']/@a",
	"x[@a='1' and (@b='1' or @b='2' or @a='2')]", "x[(@a='1')]", " x [ @a = '1' ] / @b ",
	"y/@b", "x[@a='']", "or/@a", "x-1.y/@a-b"};

static const char *const others[] = {"concat(@a, ',', substring(@b, 1), (x), ')')", "string()",
	"x[(@a) or (@b) and (1 div (2)) mod (3)]", "self::node()[processing-instruction('a')]",
	"x[substring(@a, 1, 2) and position() = last() and name()]", "namespace/x", ".", "..",
	"*", "x/y", "x[1]", "x[@a]", "x[@a=1]", "x[@a='1' or @b='1']", "x[not(@a='1')]",
	"@a - @b", "//x", "x | y", "count(x)", "string(@a)", "child::x", "x/@*",
	"x[@a='1'][@b='1']", "x[@a='1']/y/@a", "'1'", "1",
	"x[(@a='1' and @b='1') or @a='2']",
	"text()", "x[@a='1' and y]", "-x", "x[@a>'1']",
	"x[@a='1' and @a='1' and @a='1' and @a='1' and @a='1' and @a='1' and @a='1' and @a='1' and "
	"@a='1' and @a='1' and @a='1' and @a='1' and @a='1' and @a='1' and @a='1' and @a='1' "
	"and @a='1']"};

static struct pack_path parsed(const char *text)
{
	struct pack *pack = calloc(1, sizeof(*pack));
	struct pack_path path = {0};
	struct error err = {0};

	pack->arena = arena;
	if (pack_path_parse(pack, text, &path, &err) < 0)
		fail_msg("%s", err.text);
	free(pack);
	return path;
}

static void only_what_is_exactly_so_is_direct(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(direct) / sizeof(direct[0]); i++) {
		struct pack_path path = parsed(direct[i]);

		if (!path.direct)
			fail_msg("%s is not direct", direct[i]);
		xmlXPathFreeCompExpr(path.compiled);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct pack_path path = parsed(others[i]);

		if (path.direct)
			fail_msg("%s is direct", others[i]);
		xmlXPathFreeCompExpr(path.compiled);
	}
}

static void names_that_are_not_there_are_refused(void **state)
{
	static const char *const bad[][2] = {{"x[ount(y) > 1]", "no function ount()"},
		{"document('x')", "no function document()"}, {"p:x", "no namespaces"},
		{"@p:a", "no namespaces"}, {"x[@a = $n]", "$n: a path sees the dossier"},
		{"x/namespace::*", "no namespaces"}, {"x[namespace :: y]", "no namespaces"},
		{"x[contains(@a)]", "contains() takes 2 arguments, not 1"},
		{"x/@a div 0", "div 0 divides by zero"},
		{"x[@a mod 0.0 = 1]", "mod 0.0 divides by zero"},
		{"x[not()]", "not() takes 1 argument, not 0"},
		{"x[not(@a, @b)]", "not() takes 1 argument, not 2"},
		{"x[concat(@a)]", "concat() takes at least 2 arguments, not 1"},
		{"x[y[last(1)]]", "last() takes 0 arguments, not 1"},
		{"substring(concat(@a, '1,2', @b[y]))",
			"substring() takes 2 or 3 arguments, not 1"},
		{"translate(@a, 'b', substring(@c, 1, 2), 'd')",
			"translate() takes 3 arguments, not 4"},
		{"x[position(1) = 1]", "position() takes 0 arguments, not 1"}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct pack *pack = calloc(1, sizeof(*pack));
		struct pack_path path = {0};
		struct error err = {0};

		pack->arena = arena;
		if (pack_path_parse(pack, bad[i][0], &path, &err) != ERROR_INPUT)
			fail_msg("%s is taken", bad[i][0]);
		if (!strstr(err.text, bad[i][1]))
			fail_msg("%s: %s", bad[i][0], err.text);
		xmlXPathFreeCompExpr(path.compiled);
		free(pack);
	}
}

static void random_element(struct str *out, int depth)
{
	static const char *const names[] = {"x", "y", "or", "x-1.y"};
	static const char *const attributes[] = {"a", "b", "a-b"};
	const char *name = names[roll(4)];

	str_addf(out, "<%s", name);
	for (int i = 0; i < 3; i++)
		if (roll(3))
			str_addf(out, " %s='%s'", attributes[i],
				(const char *const[]){"1", "2", "", "&amp;1"}[roll(4)]);
	str_adds(out, ">text");
	for (int i = 0; depth && i < 5; i++)
		random_element(out, depth - 1);
	str_addf(out, "<!-- c --></%s>", name);
}

static void compare(const struct pack_path *path, const char *text, xmlXPathContext *xpath,
	xmlNode *from)
{
	xmlXPathObject *object;
	xmlNode *found = NULL;
	int n;

	xpath->node = from;
	object = xmlXPathCompiledEval(path->compiled, xpath);
	n = object->nodesetval ? object->nodesetval->nodeNr : 0;
	for (int i = 0; i < n; i++) {
		found = pack_path_next(path, from, found);
		if (found != object->nodesetval->nodeTab[i])
			fail_msg("%s: node %d differs", text, i);
	}
	if (pack_path_next(path, from, found) && (n == 0 || found))
		fail_msg("%s finds more than XPath", text);
	xmlXPathFreeObject(object);
}

static void they_find_what_xpath_finds(void **state)
{
	size_t n = sizeof(direct) / sizeof(direct[0]);
	struct pack_path paths[sizeof(direct) / sizeof(direct[0])];

	(void)state;
	for (size_t i = 0; i < n; i++)
		paths[i] = parsed(direct[i]);
	for (int round = 0; round < DOSSIERS; round++) {
		_cleanup_(xml_docp) xmlDoc *doc = NULL;
		struct str text = STR_INIT(1 << 20);
		xmlXPathContext *xpath;
		xmlNode *root;

		random_element(&text, 2);
		assert_int_equal(safexml_parse_own(text.data, text.len, &doc, NULL), 0);
		xpath = xmlXPathNewContext(doc);
		root = xmlDocGetRootElement(doc);
		for (size_t i = 0; i < n; i++) {
			compare(&paths[i], direct[i], xpath, root);
			for (xmlNode *child = root->children; child; child = child->next)
				compare(&paths[i], direct[i], xpath, child);
			if (root->properties) /* from an attribute, as members may be */
				compare(&paths[i], direct[i], xpath,
					(xmlNode *)root->properties);
		}
		xmlXPathFreeContext(xpath);
		str_done(&text);
	}
	for (size_t i = 0; i < n; i++)
		xmlXPathFreeCompExpr(paths[i].compiled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_exactly_so_is_direct),
		cmocka_unit_test(names_that_are_not_there_are_refused),
		cmocka_unit_test(they_find_what_xpath_finds),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
