/* SPDX-License-Identifier: Apache-2.0 */
/* What a journal says of questions that no sweep asks has bounds; what is beyond them was not
 * written by a scan. */
#include "tests/unit/unit.h"

#include "scanner/campaign/record.h"
#include "scanner/campaign/run.h"

#include <stdlib.h>

enum { INTERFACE = 0, MEMBER = 5 }; /* the tables that are used here */

static struct error error;

static struct run *make(void)
{
	struct run *run = calloc(1, sizeof(*run));

	assert_non_null(run);
	memset(&error, 0, sizeof(error));
	run->reterr = &error;
	return run;
}

static void drop(struct run *run)
{
	known_done(&run->known);
	free(run);
}

static int take(struct run *run, const struct record *record)
{
	int r = 0;

	assert_true(known_take(run, record, &r));
	return r;
}

static void test_samples(void **state)
{
	const struct record record = {.kind = RECORD_SAMPLE, .sample.round = 1};
	struct run *run = make();

	(void)state;
	for (size_t i = 0; i < KNOWN_SAMPLES_MAX; i++)
		assert_int_equal(take(run, &record), 0);
	assert_int_equal(take(run, &record), ERROR_INPUT);
	assert_non_null(strstr(error.text, "tells what cannot be"));
	assert_int_equal(run->known.samples.n, KNOWN_SAMPLES_MAX);
	drop(run);
}

static void test_rows(void **state)
{
	uint8_t bytes[1024 * 9];
	struct packer p = packer_of(bytes, sizeof(bytes));
	struct record record = {.kind = RECORD_ROWS, .told = bytes, .told_size = sizeof(bytes)};
	struct run *run = make();

	(void)state;
	for (uint32_t i = 0; i < 1024; i++) {
		packer_u8(&p, MEMBER);
		packer_be32(&p, i);
		packer_be32(&p, i / 2);
	}
	for (size_t i = 0; i < KNOWN_ROWS_MAX / 1024; i++)
		assert_int_equal(take(run, &record), 0);
	assert_int_equal(run->known.rows.tables[MEMBER].n, KNOWN_ROWS_MAX);
	record.told_size = 9;
	assert_int_equal(take(run, &record), ERROR_INPUT);
	assert_non_null(strstr(error.text, "tells what cannot be"));
	record.told_size = 0; /* another agent begins */
	assert_int_equal(take(run, &record), 0);
	assert_int_equal(run->known.rows.tables[MEMBER].n, 0);
	drop(run);
}

static void test_names(void **state)
{
	static const struct {
		size_t size;
		int r;
	} rows[] = {{0, 0}, {WALK_NAME_MAX, 0}, {WALK_NAME_MAX + 1, ERROR_INPUT}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct mac mac = {{2, 0, 0, 0, 0, 1}};
		char name[WALK_NAME_MAX + 2] = "";
		uint8_t bytes[256];
		struct packer p = packer_of(bytes, sizeof(bytes));
		struct record record = {.kind = RECORD_ROWS, .told = bytes};
		struct run *run = make();

		memset(name, 'x', rows[i].size);
		packer_u8(&p, INTERFACE);
		packer_be32(&p, 7);
		record_put_text(&p, name);
		record_put_mac(&p, &mac);
		record.told_size = p.pos;
		assert_int_equal(take(run, &record), rows[i].r);
		if (rows[i].r == 0) {
			const struct walk_interface *got =
				run->known.rows.tables[INTERFACE].rows;

			assert_int_equal(got->index, 7);
			assert_string_equal(got->name, name);
			assert_memory_equal(&got->mac, &mac, sizeof(mac));
		}
		drop(run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_names),
	};

	return RUN(tests);
}
