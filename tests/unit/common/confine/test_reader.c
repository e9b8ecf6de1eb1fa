/* SPDX-License-Identifier: Apache-2.0 */
/* A reader that answers, refuses, crashes, hangs, is killed or lies: what is told of it, and
 * that nothing else comes of it. */
#include "common/confine/reader.h"

#include "common/clock.h"
#include "tests/unit/common/confine/attempts.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY (256ul << 20)
#define ANSWER 65536

/* `text` is what the file holds. */
static int ask(
	struct confine_reader reader, const char *text, struct str *answer, struct error *err)
{
	int fd = memfd_create("file", MFD_CLOEXEC), r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	reader.name = "file.txt";
	reader.memory = reader.memory ? reader.memory : MEMORY;
	reader.answer_max = reader.answer_max ? reader.answer_max : ANSWER;
	r = confine_read(&reader, fd, answer, err);
	close(fd);
	return r;
}

/* The reader fails with that text, and answers nothing. */
static void fails(struct confine_reader reader, int code, const char *says)
{
	struct str answer = STR_INIT(1 << 20);
	struct error err = {0};

	assert_int_equal(ask(reader, "x", &answer, &err), code);
	if (!strstr(err.text, says) || strncmp(err.text, "file.txt: ", 10) != 0)
		fail_msg("%s, not %s", err.text, says);
	assert_int_equal(answer.len, 0);
	str_done(&answer);
	/* Nothing is left of it. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static int turn_round(void *context, struct str *answer, struct error *reterr)
{
	char bytes[64];
	ssize_t n = read(0, bytes, sizeof(bytes));

	(void)context, (void)reterr;
	while (n > 0)
		str_addc(answer, bytes[--n]);
	return 3;
}

static void test_an_answer(void **state)
{
	struct str answer = STR_INIT(ANSWER);
	struct error err = {0};

	(void)state;
	assert_int_equal(
		ask((struct confine_reader){.read = turn_round}, "abc", &answer, &err), 3);
	assert_string_equal(answer.data, "cba");
	assert_string_equal(err.text, "");
	str_done(&answer);
}

static int refuse(void *context, struct str *answer, struct error *reterr)
{
	str_adds(answer, "half of it");
	return error_set(reterr, *(int *)context, "file.txt: line 7: \x1b[31mred");
}

static int refuse_silently(void *context, struct str *answer, struct error *reterr)
{
	(void)context, (void)answer, (void)reterr;
	return ERROR_INPUT;
}

static void test_a_refusal(void **state)
{
	static int codes[] = {ERROR_INPUT, ERROR_SYSTEM, ERROR_INTERNAL};

	(void)state;
	for (size_t i = 0; i < 2; i++)
		fails((struct confine_reader){.read = refuse, .context = &codes[i]}, codes[i],
			"line 7: \\x1b[31mred");
	fails((struct confine_reader){.read = refuse, .context = &codes[2]}, ERROR_INPUT,
		"failed");
	fails((struct confine_reader){.read = refuse_silently}, ERROR_INPUT, "failed");
}

/* ---- what it does otherwise ---- */

/* The tests' own handlers are none of the program's. */
static void be_the_program(void *context)
{
	(void)context;
	signal(SIGILL, SIG_DFL);
	signal(SIGTRAP, SIG_DFL);
}

static int crash(void *context, struct str *answer, struct error *reterr)
{
	(void)context, (void)answer, (void)reterr;
	__builtin_trap();
	return 0;
}

static int hang(void *context, struct str *answer, struct error *reterr)
{
	volatile bool forever = true;

	(void)context, (void)answer, (void)reterr;
	while (forever)
		;
	return 0;
}

static int want_memory(void *context, struct str *answer, struct error *reterr)
{
	char *all = malloc(2 * MEMORY);

	(void)context;
	if (!all)
		return error_set(reterr, ERROR_INPUT, "file.txt: no memory");
	memset(all, 1, 2 * MEMORY);
	str_addc(answer, all[MEMORY]);
	free(all);
	return 0;
}

static int say_too_much(void *context, struct str *answer, struct error *reterr)
{
	(void)context, (void)reterr;
	for (size_t i = 0; i <= ANSWER; i++)
		str_addc(answer, 'x');
	return 0;
}

/* Past what it is asked through, as if it had been taken over. */
static int write_too_much(void *context, struct str *answer, struct error *reterr)
{
	static char bytes[2 * ANSWER];

	(void)context, (void)answer, (void)reterr;
	for (;;)
		if (write(1, bytes, sizeof(bytes)) < 0)
			_exit(0);
}

static int write_nonsense(void *context, struct str *answer, struct error *reterr)
{
	(void)answer, (void)reterr;
	if (write(1, "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22",
		    (size_t) * (int *)context) < 0)
		_exit(1);
	_exit(0);
}

static int leave(void *context, struct str *answer, struct error *reterr)
{
	(void)context, (void)answer, (void)reterr;
	_exit(7);
}

static void test_crashes(void **state)
{
	static int sizes[] = {0, 3, 16, 18};
	int64_t begun = clock_monotonic_us();

	(void)state;
	fails((struct confine_reader){.prepare = be_the_program, .read = crash}, ERROR_INPUT,
		"ended by signal");
	fails((struct confine_reader){.read = leave}, ERROR_INPUT, "the reader failed");
	fails((struct confine_reader){.read = hang, .wall_ms = 300}, ERROR_INPUT,
		"took longer");
	fails((struct confine_reader){.read = hang, .cpu_seconds = 1}, ERROR_INPUT,
		"ended by signal");
	fails((struct confine_reader){.read = say_too_much}, ERROR_INPUT,
		"more than 65536 bytes");
	fails((struct confine_reader){.read = write_too_much}, ERROR_INPUT,
		"more than 65536 bytes");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		fails((struct confine_reader){.read = write_nonsense, .context = &sizes[i]},
			ERROR_INPUT, "the reader failed");
	if (!SANITIZED) /* whose allocator ends the process */
		fails((struct confine_reader){.read = want_memory}, ERROR_INPUT, "no memory");
	assert_true(clock_monotonic_us() - begun < 60 * CLOCK_SECOND);
}

/* ---- from outside ---- */

static pid_t *shared_pid;

static void tell_pid(void *context)
{
	(void)context;
	__atomic_store_n(shared_pid, getpid(), __ATOMIC_SEQ_CST);
}

static void test_killed(void **state)
{
	pid_t killer, victim;

	(void)state;
	shared_pid = mmap(NULL, sizeof(*shared_pid), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(shared_pid != MAP_FAILED);
	killer = fork();
	if (killer == 0) {
		while ((victim = __atomic_load_n(shared_pid, __ATOMIC_SEQ_CST)) == 0)
			usleep(1000);
		_exit(kill(victim, SIGKILL) != 0);
	}
	{
		struct str answer = STR_INIT(ANSWER);
		struct error err = {0};

		assert_int_equal(ask((struct confine_reader){.prepare = tell_pid, .read = hang},
					 "x", &answer, &err),
			ERROR_INPUT);
		assert_non_null(strstr(err.text, "ended by signal 9"));
		str_done(&answer);
	}
	assert_int_equal(waitpid(killer, NULL, 0), killer);
	munmap(shared_pid, sizeof(*shared_pid));
}

/* Says that it is confined, and waits for more than there is. */
static int wait_for_more(void *context, struct str *answer, struct error *reterr)
{
	char byte;

	(void)answer, (void)reterr;
	__atomic_store_n((bool *)context, true, __ATOMIC_SEQ_CST);
	return (int)read(0, &byte, 1);
}

/* One that asks and is killed takes its reader with it; whoever waits for orphans sees how. */
static void test_it_ends_with_who_asked(void **state)
{
	struct both {
		pid_t reader;
		bool confined;
	} *both = mmap(
		NULL, sizeof(*both), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int ends[2], status = 0;
	pid_t asking;

	(void)state;
	assert_true(both != MAP_FAILED);
	shared_pid = &both->reader;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	asking = fork();
	if (asking == 0) {
		struct confine_reader reader = {.name = "pipe",
			.memory = MEMORY,
			.answer_max = ANSWER,
			.prepare = tell_pid,
			.read = wait_for_more,
			.context = &both->confined};
		struct str answer = STR_INIT(ANSWER);
		struct error err = {0};

		close(ends[1]);
		confine_read(&reader, ends[0], &answer, &err);
		_exit(0);
	}
	while (!__atomic_load_n(&both->confined, __ATOMIC_SEQ_CST))
		usleep(1000);
	assert_int_equal(kill(asking, SIGKILL), 0);
	assert_int_equal(waitpid(asking, NULL, 0), asking);
	/* Without more to come it would end by itself, and otherwise. */
	close(ends[1]);
	assert_int_equal(waitpid(both->reader, &status, 0), both->reader);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	close(ends[0]);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0), 0);
	munmap(both, sizeof(*both));
}

/* ---- from inside ---- */

static int try_all(void *context, struct str *answer, struct error *reterr)
{
	uint8_t answers[ATTEMPTS_MAX];

	(void)context, (void)reterr;
	attempt_all(answers);
	str_add(answer, answers, n_attempts);
	return 0;
}

static void test_nothing_else_is_left(void **state)
{
	struct str answer = STR_INIT(ANSWER);
	struct error err = {0};

	(void)state;
	assert_int_equal(ask((struct confine_reader){.read = try_all}, "x", &answer, &err), 0);
	assert_int_equal(answer.len, n_attempts);
	for (size_t i = 0; i < n_attempts; i++)
		/* A sanitizer may say what it found. */
		if (SANITIZED && strcmp(attempts[i].name, "write errors") == 0)
			answer.data[i] = 0;
	assert_int_equal(attempts_compare((uint8_t *)answer.data, BY_READER), 0);
	str_done(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer),
		cmocka_unit_test(test_a_refusal),
		cmocka_unit_test(test_crashes),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_it_ends_with_who_asked),
		cmocka_unit_test(test_nothing_else_is_left),
	};

	return RUN(tests);
}
