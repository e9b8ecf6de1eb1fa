/* SPDX-License-Identifier: Apache-2.0 */
/* Filter expressions: what they mean, where they are wrong, and that no text makes them
 * fall. */
#include "tests/unit/unit.h"

#include "common/file.h"
#include "common/str.h"
#include "inventory/questions/filter.h"

#include <inttypes.h>
#include <stdio.h>

static const char *manual; /* docs/queries.md */

static void show(const struct filter_node *node, struct str *out)
{
	char cidr[CIDR_TEXT_MAX];

	switch (node->kind) {
	case NODE_NOT:
		str_adds(out, "!");
		show(node->left, out);
		return;
	case NODE_AND:
	case NODE_OR:
		str_adds(out, "(");
		show(node->left, out);
		str_adds(out, node->kind == NODE_AND ? "&" : "|");
		show(node->right, out);
		str_adds(out, ")");
		return;
	case NODE_LEAF:
		break;
	}
	str_adds(out, filter_field_name(node->field));
	switch (filter_field_kind(node->field)) {
	case FILTER_TEXT:
		str_addf(out, "[%s]", node->pattern);
		break;
	case FILTER_ADDRESS:
		str_addf(out, "[%s]", cidr_format(&node->cidr, cidr));
		break;
	case FILTER_FLAG:
		break;
	default:
		str_addf(out, "[%d %" PRId64 " %" PRId64 "]", node->transport, node->low,
			node->high);
	}
}

/* The tree in short, or what was wrong. */
static const char *read_filter(const char *text)
{
	static char shown[8192];
	_cleanup_(arena_freep) struct arena *arena = arena_new(4u << 20);
	_cleanup_(str_done) struct str out = STR_INIT(sizeof(shown) - 1);
	struct filter_node *root = NULL;
	struct error err = {0};
	int r = filter_parse(arena, text, &root, &err);

	if (r == 0)
		show(root, &out);
	assert_true(r == 0 || r == ERROR_USAGE);
	snprintf(shown, sizeof(shown), "%s", r < 0 ? err.text : out.data);
	return shown;
}

static void what_they_mean(void **state)
{
	static const char *const cases[][2] = {
		{"exposed", "exposed"},
		{"not exposed", "!exposed"},
		{"NOT not Exposed", "!!exposed"},
		{"role = controller", "role[controller]"},
		{"ROLE=Controller", "role[controller]"},
		{"product ~ siemens", "product[%siemens%]"},
		{"product !~ siemens", "!product[%siemens%]"},
		{"name != x", "!name[x]"},
		{"name = \"\"", "name[]"},
		{"name = \"Schneider \\\"E\\\" \\\\\"", "name[schneider \"e\" \\\\]"},
		{"name ~ '100%_'", "name[%100\\%\\_%]"},
		{"exposed and cii or tier >= 3", "((exposed&cii)|tier[0 3 2147483647])"},
		{"exposed or cii and tier < 3", "(exposed|(cii&tier[0 0 2]))"},
		{"(exposed or cii) and not tier = 3", "((exposed|cii)&!tier[0 3 3])"},
		{"tier > 3 and tier <= 5", "(tier[0 4 2147483647]&tier[0 0 5])"},
		{"port = 443", "port[0 443 443]"},
		{"port = tcp/443", "port[6 443 443]"},
		{"port=udp/1-1023", "port[17 1 1023]"},
		{"port < 1024", "port[0 0 1023]"},
		{"port >= tcp/49152", "port[6 49152 65535]"},
		{"port != 22", "!port[0 22 22]"},
		{"port in (22, 80,tcp/443)", "((port[0 22 22]|port[0 80 80])|port[6 443 443])"},
		{"address = 198.18.1.0/24", "address[198.18.1.0/24]"},
		{"address in (2001:db8::1)", "address[2001:db8::1/128]"},
		{"first-seen < 1970-01-01T00:00:01Z", "first-seen[0 0 999999]"},
		{"last-seen >= 1970-01-02", "last-seen[0 86400000000 253402300799000000]"},
		{"tag = scada or importance in (key, Important)",
			"(tag[scada]|(importance[key]|importance[important]))"},
		{"system = \"and\"", "system[and]"},
		{"  exposed  ", "exposed"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(read_filter(cases[i][0]), cases[i][1]);
}

static void where_they_are_wrong(void **state)
{
	static const char *const cases[][2] = {
		{"", "character 1: a field"},
		{"   ", "character 4: a field"},
		{"prot = 1", "character 5: a field, which \"prot\" is not"},
		{"\"port\" = 1", "a field"},
		{"port", "a comparison after \"port\""},
		{"port =", "a value after \"=\""},
		{"port = x", "a port"},
		{"port = 65536", "a port"},
		{"port = 9-1", "a port"},
		{"port = dccp/1", "tcp, udp or sctp"},
		{"port ~ 1", "cannot be compared by \"~\""},
		{"tier = three", "a whole number"},
		{"tier ~ 3", "cannot be compared"},
		{"address = 198.18.1.1/24", "198.18.1.0/24"},
		{"address < 198.18.1.1", "cannot be compared"},
		{"first-seen = 2026-01-01", "cannot be compared"},
		{"first-seen < soon", "a time such as"},
		{"name ~ \"\"", "a text to look for"},
		{"name = \"x", "not closed"},
		{"name in", "\"(\" after \"in\""},
		{"name in ()", "a value"},
		{"name in (a b)", "\",\" or \")\""},
		{"(exposed", "\")\""},
		{"exposed)", "character 8: \"and\", \"or\" or the end"},
		{"exposed cii", "\"and\", \"or\" or the end"},
		{"exposed and", "a field"},
		{"not", "a field"},
		{"exposed = yes", "\"and\", \"or\" or the end"},
		{"exposed in (yes)", "character 9: \"and\", \"or\" or the end"},
		{"cii and or exposed", "a field, which \"or\" is not"},
		{"port == 1", "a value after \"=\""},
		{"port = 1-", "the last port of the range"},
		{"port = tcp/", "a port"},
		{"port = -1", "a port"},
		{"port = 443x", "a port"},
		{"port in (1, ~ 2)", "a value"},
		{"port in (1, 2", "\",\" or \")\""},
		{"tier = -1", "a whole number"},
		{"tier = 2147483647", "a whole number"},
		{"tier = 99999999999999999999", "a whole number"},
		{"address ~ 198.18.1.1", "cannot be compared"},
		{"address = 2001:db8::/129", "character"},
		{"first-seen in (2026-01-01)", "cannot be compared"},
		{"first-seen < 1969-12-31", "a time such as"},
		{"last-seen < 2026-13-01", "a time such as"},
		{"name = 'x\\'", "not closed"},
		{"name = \xff", "UTF-8"},
		{"name = \xc3", "UTF-8"},
		{"name ~ '\x1b[2J'", "UTF-8"},
		{"name = '\xed\xa0\x80'", "UTF-8"},
		{"\x01 = 1", "a field"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (!strstr(read_filter(cases[i][0]), cases[i][1]))
			fail_msg("\"%s\": %s", cases[i][0], read_filter(cases[i][0]));
}

static void limits(void **state)
{
	struct str text = STR_INIT(1 << 16);

	(void)state;
	for (int i = 0; i < FILTER_LEAVES_MAX; i++)
		str_addf(&text, "%sexposed", i ? " or " : "");
	assert_null(strstr(read_filter(text.data), "at most"));
	str_adds(&text, " or exposed");
	assert_non_null(strstr(read_filter(text.data), "at most 64 comparisons"));
	str_reset(&text);
	for (int i = 0; i < FILTER_DEPTH_MAX - 1; i++)
		str_addc(&text, '(');
	str_adds(&text, "exposed");
	for (int i = 0; i < FILTER_DEPTH_MAX - 1; i++)
		str_addc(&text, ')');
	assert_string_equal(read_filter(text.data), "exposed");
	str_reset(&text);
	for (int i = 0; i < FILTER_DEPTH_MAX; i++)
		str_adds(&text, "not ");
	str_adds(&text, "exposed");
	assert_non_null(strstr(read_filter(text.data), "at most 32 levels"));
	str_reset(&text);
	str_adds(&text, "name = ");
	for (int i = 0; i < 600; i++)
		str_addc(&text, 'x');
	assert_non_null(strstr(read_filter(text.data), "a word of at most"));
	while (text.len <= FILTER_BYTES_MAX)
		str_addc(&text, ' ');
	assert_non_null(strstr(read_filter(text.data), "longer than 4096 bytes"));
	str_done(&text);
}

static int leaf_of(size_t n, size_t memory, struct filter_node **ret)
{
	struct arena *arena = arena_new(memory);
	char *word = malloc(n + 1);
	struct error error = {0};
	int r;

	memset(word, '%', n);
	word[n] = 0;
	r = filter_leaf(arena, FIELD_NAME, "~", word, ret, &error);
	/* Each byte escaped, between two of our own. */
	if (r == 0)
		assert_int_equal(strlen((*ret)->pattern), 2 * n + 2);
	free(word);
	arena_free(arena);
	return r;
}

/* The longest word, all of which has to be escaped; and a filter without memory. */
static void limits_of_words_and_memory(void **state)
{
	struct filter_node *leaf;

	(void)state;
	assert_int_equal(leaf_of(511, 1 << 16, &leaf), 0);
	assert_int_equal(leaf_of(512, 1 << 16, &leaf), ERROR_USAGE);
	assert_int_equal(leaf_of(511, 512, &leaf), ERROR_SYSTEM);
	assert_string_equal(read_filter("tier >= 2147483646"), "tier[0 2147483646 2147483647]");
	assert_non_null(strstr(read_filter("tier >= 2147483647"), "a whole number"));
}

/* Every field with every comparison: those of its kind, and no other. */
static void what_can_be_compared(void **state)
{
	static const char *const ops[] = {"=", "!=", "~", "!~", "<", "<=", ">", ">=", "in"};
	static const struct {
		const char *value, *allowed; /* as in ops: + allowed, - not */
	} kinds[] = {
		[FILTER_TEXT] = {"x", "++++----+"},
		[FILTER_PORT] = {"80", "++--+++++"},
		[FILTER_NUMBER] = {"2", "++--+++++"},
		[FILTER_ADDRESS] = {"::1", "++------+"},
		[FILTER_TIME] = {"2026-01-01", "----++++-"},
		[FILTER_FLAG] = {"x", "---------"},
	};

	(void)state;
	for (enum filter_field field = 0; field < FIELD_N; field++)
		for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
			enum filter_kind kind = filter_field_kind(field);
			bool list = ops[i][0] == 'i', reads;
			char text[128];

			snprintf(text, sizeof(text), "%s %s %s%s%s", filter_field_name(field),
				ops[i], list ? "(" : "", kinds[kind].value, list ? ")" : "");
			reads = !strstr(read_filter(text), "filter, character");
			if (reads != (kinds[kind].allowed[i] == '+'))
				fail_msg("\"%s\": %s", text, read_filter(text));
		}
}

/* A comparison made by the program is the one that a person writes, quotes and all. */
static void comparisons_without_an_expression(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 16);
	struct filter_node *leaf = NULL, *other = NULL;
	struct str text = STR_INIT(1 << 12), out = STR_INIT(1 << 12);
	struct error err = {0};

	(void)state;
	assert_int_equal(filter_leaf(arena, FIELD_TEXT, "~", "a\" or 100%", &leaf, &err), 0);
	assert_int_equal(filter_leaf(arena, FIELD_PORT, "=", "80", &other, &err), 0);
	assert_ptr_equal(filter_and(arena, leaf, NULL), leaf);
	assert_ptr_equal(filter_and(arena, NULL, leaf), leaf);
	assert_null(filter_and(arena, NULL, NULL));
	show(filter_and(arena, leaf, other), &out);
	assert_string_equal(out.data, "(text[%a\" or 100\\%%]&port[0 80 80])");
	assert_int_equal(filter_leaf(arena, FIELD_PORT, "=", "x", &leaf, &err), ERROR_USAGE);
	assert_int_equal(filter_leaf(arena, FIELD_PORT, "~", "80", &leaf, &err), ERROR_USAGE);
	for (int i = 0; i < 512; i++)
		str_addc(&text, 'x');
	assert_int_equal(
		filter_leaf(arena, FIELD_TEXT, "=", text.data, &leaf, &err), ERROR_USAGE);
	text.data[511] = '\0';
	assert_int_equal(filter_leaf(arena, FIELD_TEXT, "=", text.data, &leaf, &err), 0);
	str_done(&text);
	str_done(&out);
}

/* Bytes changed, doubled and taken out of good expressions: a tree or an error, never more. */
static void mutated(void **state)
{
	static const char *const seeds[] = {
		"port = tcp/502 and (product ~ siemens or tier >= 3) and not exposed",
		"name in (\"a\", 'b\\'', c) or address = 198.18.0.0/15 or last-seen < 2026-01-01",
	};
	uint32_t random = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[256];
		size_t n;

		snprintf(text, sizeof(text), "%s", seeds[round % 2]);
		n = strlen(text);
		for (int k = 0; k < 3; k++) {
			random = random * 1664525u + 1013904223u;
			text[random % n] =
				(char)(random >> 16 & 0xff ? random >> 16 & 0xff : ' ');
		}
		read_filter(text);
	}
}

static void the_manual_names_every_field(void **state)
{
	struct str text = STR_INIT(1 << 20);

	(void)state;
	assert_int_equal(file_read(manual, 1 << 20, &text, NULL), 0);
	for (enum filter_field field = 0; field < FIELD_N; field++) {
		char wanted[64];

		snprintf(wanted, sizeof(wanted), "`%s`", filter_field_name(field));
		if (!strstr(text.data, wanted))
			fail_msg("%s does not name the field %s", manual, wanted);
	}
	assert_null(filter_field_name(FIELD_N));
	str_done(&text);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_they_mean),
		cmocka_unit_test(where_they_are_wrong),
		cmocka_unit_test(limits),
		cmocka_unit_test(limits_of_words_and_memory),
		cmocka_unit_test(what_can_be_compared),
		cmocka_unit_test(comparisons_without_an_expression),
		cmocka_unit_test(mutated),
		cmocka_unit_test(the_manual_names_every_field),
	};

	manual = argc > 1 ? argv[1] : "docs/queries.md";
	return RUN(tests);
}
