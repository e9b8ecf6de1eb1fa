/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of assets: merged, written out, and no longer than they may be. */
#include "common/str.h"
#include "inventory/questions/select.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static struct id_list list(const int64_t *ids, size_t n)
{
	struct id_list made = {malloc((n + 1) * sizeof(*ids)), n};

	if (n)
		memcpy(made.ids, ids, n * sizeof(*ids));
	return made;
}

static const char *merged(enum id_merge how)
{
	static const int64_t one[] = {1, 3, 5, 7}, other[] = {2, 3, 7, 9};
	static char text[64];
	struct id_list a = list(one, 4), b = list(other, 4), out;
	struct str written = STR_INIT(ID_LIST_TEXT_MAX(8));

	assert_int_equal(id_list_merge(how, &a, &b, &out, NULL), 0);
	assert_true(!a.ids && !b.ids);
	id_list_format(out.ids, out.n, &written);
	assert_false(written.failed);
	snprintf(text, sizeof(text), "%s", written.data);
	str_done(&written);
	id_list_done(&out);
	return text;
}

static void merging(void **state)
{
	struct id_list none = list(NULL, 0), empty = list(NULL, 0), out;

	(void)state;
	assert_string_equal(merged(MERGE_BOTH), "{3,7}");
	assert_string_equal(merged(MERGE_EITHER), "{1,2,3,5,7,9}");
	assert_string_equal(merged(MERGE_FIRST_ONLY), "{1,5}");
	assert_int_equal(id_list_merge(MERGE_EITHER, &none, &empty, &out, NULL), 0);
	assert_int_equal(out.n, 0);
	id_list_done(&out);
}

/* The longest numbers there are fit, and nothing more does. */
static void writing(void **state)
{
	static const int64_t longest[] = {INT64_MIN, INT64_MIN, INT64_MIN};
	struct str exact = STR_INIT(ID_LIST_TEXT_MAX(3) - 1),
		   short_of = STR_INIT(ID_LIST_TEXT_MAX(3) - 2);

	(void)state;
	id_list_format(longest, 3, &exact);
	assert_false(exact.failed);
	assert_int_equal(exact.len, ID_LIST_TEXT_MAX(3) - 1);
	id_list_format(longest, 3, &short_of);
	assert_true(short_of.failed);
	str_done(&exact);
	str_done(&short_of);
}

/* Two lists that together may be longer than an answer: refused before anything is read of
 * them, and both are given up. */
static void the_longest_answer(void **state)
{
	struct id_list a = list(NULL, 0), b = list(NULL, 0), out;
	struct error error = {0};

	(void)state;
	a.n = SELECT_IDS_MAX;
	b.n = 1;
	assert_int_equal(id_list_merge(MERGE_EITHER, &a, &b, &out, &error), ERROR_INPUT);
	assert_non_null(strstr(error.text, "more than 50000000 assets"));
	assert_true(!a.ids && !b.ids && !out.ids && !out.n);
	/* What is in the first one only cannot be more than that one. */
	a = list(NULL, 0);
	b = list(NULL, 0);
	a.n = SELECT_IDS_MAX + 1ull;
	assert_int_equal(id_list_merge(MERGE_FIRST_ONLY, &a, &b, &out, &error), ERROR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(merging), cmocka_unit_test(writing),
		cmocka_unit_test(the_longest_answer)};

	return RUN(tests);
}
