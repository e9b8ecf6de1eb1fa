/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boolean expressions over three truth values. The parser is held against a reference that
 * evaluates by hand; the logic against Kleene's tables; malformed text gives a reason.
 */
#include "tests/unit/unit.h"

#include "inventory/norm/expr.h"

#include <stdio.h>

/* Atoms are single letters: a is number 0, and so on. */
static int letter(void *context, const char *text, size_t n, uint16_t *ret_atom,
	struct error *reterr)
{
	(void)context;
	if (n != 1 || *text < 'a' || *text > 'h')
		return error_set(reterr, ERROR_INPUT, "atom \"%.*s\"", (int)n, text);
	*ret_atom = (uint16_t)(*text - 'a');
	return 0;
}

static enum truth value(const char *text, const char *atoms)
{
	enum truth truths[8] = {TRUTH_FALSE};
	struct error err = {0};
	struct expr expr;

	for (size_t i = 0; atoms[i]; i++)
		truths[i] = atoms[i] == '1' ? TRUTH_TRUE : atoms[i] == '0' ? TRUTH_FALSE :
			TRUTH_UNKNOWN;
	if (expr_parse(text, letter, NULL, &expr, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return expr_eval(&expr, truths);
}

static void kleene_tables(void **state)
{
	static const char *const three[] = {"0", "1", "?"};
	static const enum truth truths[] = {TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN};

	(void)state;
	for (int i = 0; i < 3; i++) {
		for (int k = 0; k < 3; k++) {
			char atoms[3] = {three[i][0], three[k][0], 0};
			enum truth a = truths[i], b = truths[k];

			assert_int_equal(value("a and b", atoms), truth_and(a, b));
			assert_int_equal(value("a or b", atoms), truth_or(a, b));
			assert_int_equal(truth_or(a, b),
				truth_not(truth_and(truth_not(a), truth_not(b))));
		}
		assert_int_equal(value("not(a)", three[i]), truth_not(truths[i]));
	}
	assert_int_equal(truth_and(TRUTH_FALSE, TRUTH_UNKNOWN), TRUTH_FALSE);
	assert_int_equal(truth_or(TRUTH_TRUE, TRUTH_UNKNOWN), TRUTH_TRUE);
	assert_int_equal(truth_and(TRUTH_TRUE, TRUTH_UNKNOWN), TRUTH_UNKNOWN);
}

static void precedence_and_groups(void **state)
{
	(void)state;
	assert_int_equal(value("a or b and c", "100"), TRUTH_TRUE); /* and binds tighter */
	assert_int_equal(value("(a or b) and c", "100"), TRUTH_FALSE);
	assert_int_equal(value("a or (b and c)", "011"), TRUTH_TRUE);
	assert_int_equal(value("not(a or b) and not(not(c))", "001"), TRUTH_TRUE);
	assert_int_equal(value("((((a))))", "1"), TRUTH_TRUE);
	assert_int_equal(value(" a  or\n\tb ", "01"), TRUTH_TRUE);
	assert_int_equal(value("a and b and c and d or e", "11110"), TRUTH_TRUE);
}

static void malformed(const char *text, const char *reason)
{
	struct error err = {0};
	struct expr expr;

	assert_int_equal(expr_parse(text, letter, NULL, &expr, &err), ERROR_INPUT);
	if (!strstr(err.text, reason))
		fail_msg("%s: \"%s\" does not say \"%s\"", text, err.text, reason);
}

static void malformed_text_has_a_reason(void **state)
{
	char deep[200] = "";

	(void)state;
	malformed("", "missing");
	malformed("a and", "missing");
	malformed("or a", "missing");
	malformed("()", "missing");
	malformed("a) and b", "a ) without");
	malformed("(a and b", "a ( without");
	malformed("a & b", "unexpected");
	malformed("a and 'open", "unexpected");
	malformed("z", "atom \"z\"");
	malformed("a b", "atom \"a b\"");
	for (int i = 0; i <= EXPR_DEPTH_MAX; i++)
		strcat(deep, "(");
	strcat(deep, "a");
	for (int i = 0; i <= EXPR_DEPTH_MAX; i++)
		strcat(deep, ")");
	malformed(deep, "deep");
}

static void limits_hold(void **state)
{
	static char text[EXPR_TEXT_MAX + 100];
	size_t n = 0;

	(void)state;
	for (int i = 0; i <= EXPR_NODES_MAX / 2; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%sa", i ? " or " : "");
	malformed(text, "more than 128 parts");
	memset(text, ' ', EXPR_TEXT_MAX + 1);
	text[EXPR_TEXT_MAX + 1] = '\0';
	malformed(text, "more than 4096 characters");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kleene_tables),
		cmocka_unit_test(precedence_and_groups),
		cmocka_unit_test(malformed_text_has_a_reason),
		cmocka_unit_test(limits_hold),
	};

	return RUN(tests);
}
