/* SPDX-License-Identifier: Apache-2.0 */
/* Helper and worker: results and errors come back, a stop is seen, a death is named. */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "scanner/priv/crew.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static int open_well(void *context, struct error *reterr)
{
	(void)context, (void)reterr;
	return 0;
}

static int open_badly(void *context, struct error *reterr)
{
	(void)context;
	return error_set(reterr, ERROR_PERMISSION, "no key to the door");
}

static int work_well(void *context, const struct crew_ends *ends, struct error *reterr)
{
	(void)context, (void)reterr;
	return write(ends->out_fd, "seen", 4) == 4 ? 0 : -1;
}

static int work_badly(void *context, const struct crew_ends *ends, struct error *reterr)
{
	(void)context, (void)ends;
	return error_set(reterr, ERROR_NETWORK, "the line is down");
}

static int work_until_stopped(void *context, const struct crew_ends *ends, struct error *reterr)
{
	struct pollfd stop = {ends->stop_fd, POLLIN, 0};

	(void)context, (void)reterr;
	if (write(ends->out_fd, "!", 1) != 1)
		return -1;
	poll(&stop, 1, 60000);
	return crew_stopping(ends) && write(ends->out_fd, "bye", 3) == 3 ? 0 : ERROR_SYSTEM;
}

static int work_and_die(void *context, const struct crew_ends *ends, struct error *reterr)
{
	(void)context, (void)ends, (void)reterr;
	__builtin_trap();
}

static int start(int (*open)(void *, struct error *),
	int (*work)(void *, const struct crew_ends *, struct error *), const char *stop_file,
	struct crew *crew, struct error *error)
{
	struct crew_job job = {
		.role = PRIV_WORKER, .open = open, .work = work, .stop_file = stop_file};

	memset(error, 0, sizeof(*error));
	return crew_start(&job, crew, error);
}

static void finish(struct crew *crew)
{
	close(crew->out_fd);
	close(crew->progress_fd);
	close(crew->report_fd);
	crew_stop(crew);
}

static void test_result(void **state)
{
	struct error error;
	struct crew crew;
	char bytes[8];

	(void)state;
	assert_int_equal(start(open_well, work_well, NULL, &crew, &error), 0);
	assert_int_equal(read(crew.out_fd, bytes, sizeof(bytes)), 4);
	assert_memory_equal(bytes, "seen", 4);
	assert_int_equal(crew_finish(&crew, &error), 0);
	finish(&crew);
}

static const char *say(void *context)
{
	return context;
}

static void test_a_note_comes_along(void **state)
{
	static char text[] = "by the back door";
	struct crew_job job = {
		.role = PRIV_WORKER, .open = open_well, .work = work_well, .note = say};
	struct error error = {0};
	struct crew crew;

	(void)state;
	for (int i = 0; i < 2; i++) {
		job.context = i ? text : NULL;
		assert_int_equal(crew_start(&job, &crew, &error), 0);
		assert_string_equal(crew.note, i ? text : "");
		assert_int_equal(crew_finish(&crew, &error), 0);
		finish(&crew);
	}
}

static void test_errors_come_back(void **state)
{
	struct error error;
	struct crew crew;

	(void)state;
	assert_int_equal(start(open_badly, work_well, NULL, &crew, &error), ERROR_PERMISSION);
	assert_string_equal(error.text, "no key to the door");
	assert_int_equal(start(open_well, work_badly, NULL, &crew, &error), 0);
	assert_int_equal(crew_finish(&crew, &error), ERROR_NETWORK);
	assert_string_equal(error.text, "the line is down");
	finish(&crew);
}

static void test_death_is_named(void **state)
{
	struct error error;
	struct crew crew;

	(void)state;
	assert_int_equal(start(open_well, work_and_die, NULL, &crew, &error), 0);
	assert_int_equal(crew_finish(&crew, &error), ERROR_INTERNAL);
	if (!strstr(error.text, "signal"))
		fail_msg("%s", error.text);
	finish(&crew);
}

static void read_bye(struct crew *crew)
{
	char bytes[4];
	size_t n = 0;

	while (n < 3) {
		ssize_t got = read(crew->out_fd, bytes + n, 3 - n);

		assert_true(got > 0);
		n += (size_t)got;
	}
	assert_memory_equal(bytes, "bye", 3);
}

static void test_stop(void **state)
{
	struct error error;
	struct crew crew;
	char byte;

	(void)state;
	assert_int_equal(start(open_well, work_until_stopped, NULL, &crew, &error), 0);
	assert_int_equal(read(crew.out_fd, &byte, 1), 1);
	crew_stop(&crew);
	crew_stop(&crew);
	read_bye(&crew);
	assert_int_equal(crew_finish(&crew, &error), 0);
	finish(&crew);
}

static void test_stop_file(void **state)
{
	char path[] = "crew-stop-XXXXXX";
	struct error error;
	struct crew crew;
	char byte;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(start(open_well, work_until_stopped, path, &crew, &error), 0);
	assert_int_equal(read(crew.out_fd, &byte, 1), 1);
	close(fd);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	read_bye(&crew);
	assert_int_equal(crew_finish(&crew, &error), 0);
	close(fd);
	unlink(path);
	finish(&crew);
}

/* Without its helper, a worker stops: nobody can be forgotten. */
static void test_helper_dies(void **state)
{
	struct error error;
	struct crew crew;
	char byte;

	(void)state;
	assert_int_equal(start(open_well, work_until_stopped, NULL, &crew, &error), 0);
	assert_int_equal(read(crew.out_fd, &byte, 1), 1);
	assert_int_equal(kill(crew.helper, SIGKILL), 0);
	read_bye(&crew);
	/* the worker's own result came all the same, but nobody had asked it to stop */
	assert_int_equal(crew_finish(&crew, &error), ERROR_INTERNAL);
	assert_non_null(strstr(error.text, "helper"));
	finish(&crew);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_result),
		cmocka_unit_test(test_a_note_comes_along),
		cmocka_unit_test(test_errors_come_back), cmocka_unit_test(test_death_is_named),
		cmocka_unit_test(test_stop), cmocka_unit_test(test_stop_file),
		cmocka_unit_test(test_helper_dies)};

	return RUN(tests);
}
