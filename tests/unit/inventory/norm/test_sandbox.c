/* SPDX-License-Identifier: Apache-2.0 */
/* The process that judges, taken over: whatever it does, its parent says so and goes on. */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "inventory/norm/judge.h"
#include "inventory/norm/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LARGE ((size_t)8 * 1024 * 1024)
#define SHORT_MS 200
#define LONG_MS 1000

enum { ASK = 1, ANSWER };

static const char zeros[1024 * 1024];

static struct sandbox *start(void (*work)(struct sandbox_inside *inside, void *context))
{
	struct sandbox *sandbox = NULL;
	struct error err = {0};

	if (sandbox_start(NULL, work, NULL, &sandbox, &err) < 0)
		fail_msg("%s", err.text);
	return sandbox;
}

static void ask(struct sandbox *sandbox, const void *bytes, size_t n)
{
	sandbox_out_begin(sandbox, ASK);
	str_add(sandbox_out(sandbox), bytes, n);
	sandbox_out_end(sandbox);
}

static void fails(void (*work)(struct sandbox_inside *inside, void *context), const char *said)
{
	struct sandbox *sandbox = start(work);
	struct error err = {0};
	struct cursor c;
	uint32_t kind;

	sandbox_set_stall(sandbox, SHORT_MS);
	ask(sandbox, "x", 1);
	assert_int_equal(sandbox_wait(&sandbox, 1, 0, &kind, &c, &err), ERROR_INPUT);
	if (!strstr(err.text, said))
		fail_msg("\"%s\" does not say \"%s\"", err.text, said);
	sandbox_free(sandbox);
}

/* ---- what it may do ---------------------------------------------------------------------- */

static void echo(struct sandbox_inside *inside, void *context)
{
	struct cursor c;

	(void)context;
	for (;;) {
		sandbox_next(inside, &c);
		sandbox_begin(inside, ANSWER);
		sandbox_put_bytes(inside, cursor_rest(&c), cursor_left(&c));
		sandbox_end(inside);
	}
}

/* More than pipe and socket hold, both ways, of two at once. */
static void much_goes_both_ways(void **state)
{
	struct sandbox *all[2] = {start(echo), start(echo)};
	char *bytes = malloc(LARGE);
	struct error err = {0};
	struct cursor c;
	uint32_t kind;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < LARGE; i++)
		bytes[i] = (char)(i * 31 >> 3);
	for (int i = 0; i < 6; i++)
		ask(all[i % 2], bytes, LARGE - (size_t)i);
	for (int i = 0; i < 6; i++) {
		if (sandbox_wait(all, 2, (size_t)i % 2, &kind, &c, &err) < 0)
			fail_msg("%s", err.text);
		assert_int_equal(kind, ANSWER);
		assert_int_equal(cursor_left(&c), LARGE - (size_t)i);
		assert_memory_equal(cursor_rest(&c), bytes, LARGE - (size_t)i);
	}
	free(bytes);
	sandbox_free(all[0]);
	sandbox_free(all[1]);
}

static void try_all(struct sandbox_inside *inside, void *context)
{
	struct cursor c;

	(void)context;
	sandbox_next(inside, &c);
	sandbox_begin(inside, ANSWER);
	sandbox_put_u8(inside, open("/etc/passwd", O_RDONLY) >= 0);
	sandbox_put_u8(inside, open("/tmp/cadastre-sandbox", O_CREAT | O_WRONLY, 0600) >= 0);
	sandbox_put_u8(inside, socket(AF_INET, SOCK_STREAM, 0) >= 0);
	sandbox_put_u8(inside, socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	sandbox_put_u8(inside, fork() >= 0);
	sandbox_put_u8(inside, execl("/bin/true", "true", NULL) >= 0);
	sandbox_put_u8(inside, dup(0) >= 0);
	sandbox_put_u8(inside, write(3, "x", 1) >= 0);
	sandbox_end(inside);
}

static void it_can_open_nothing(void **state)
{
	struct sandbox *sandbox = start(try_all);
	struct error err = {0};
	struct cursor c;
	uint32_t kind;

	(void)state;
	ask(sandbox, "x", 1);
	if (sandbox_wait(&sandbox, 1, 0, &kind, &c, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(cursor_left(&c), 8);
	for (int i = 0; i < 8; i++)
		if (cursor_u8(&c))
			fail_msg("what is tried as number %d is possible", i);
	sandbox_free(sandbox);
}

/* ---- how it may end ---------------------------------------------------------------------- */

static void crash(struct sandbox_inside *inside, void *context)
{
	struct cursor c;

	(void)context;
	sandbox_next(inside, &c);
	sandbox_works_on(inside, 7, 3);
	__builtin_trap();
}

static void leave(struct sandbox_inside *inside, void *context)
{
	struct cursor c;

	(void)context;
	sandbox_next(inside, &c);
	_exit(5);
}

static void spin(struct sandbox_inside *inside, void *context)
{
	volatile int on = 1;

	(void)inside;
	(void)context;
	while (on)
		;
}

static void close_and_spin(struct sandbox_inside *inside, void *context)
{
	close(1); /* refused, where it is not allowed: then it says nothing */
	spin(inside, context);
}

static void say_too_much(struct sandbox_inside *inside, void *context)
{
	static const uint8_t head[8] = {0, 0, 0, ANSWER, 0xff, 0xff, 0xff, 0xff};
	struct cursor c;

	(void)context;
	sandbox_next(inside, &c);
	(void)!write(1, head, sizeof(head));
	spin(inside, NULL);
}

static void say_half(struct sandbox_inside *inside, void *context)
{
	static const uint8_t head[9] = {0, 0, 0, ANSWER, 0, 0, 0, 9, 'x'};
	struct cursor c;

	(void)context;
	sandbox_next(inside, &c);
	(void)!write(1, head, sizeof(head));
	_exit(0);
}

/* It may not sleep. */
static void wait_a_little(void)
{
	int64_t until_us = clock_monotonic_us() + SHORT_MS * 1000 / 4;

	while (clock_monotonic_us() < until_us)
		;
}

/* A frame that grows, and is never whole. */
static void trickle(struct sandbox_inside *inside, void *context)
{
	static const uint8_t head[8] = {0, 0, 0, ANSWER, 0, 1, 0, 0};
	struct cursor c;

	(void)context;
	sandbox_next(inside, &c);
	(void)!write(1, head, sizeof(head));
	for (int i = 0; i < 100; i++) {
		(void)!write(1, "x", 1);
		wait_a_little();
	}
}

static void however_it_ends_that_is_told(void **state)
{
	(void)state;
	fails(crash, "was ended by signal");
	fails(leave, "gave up (exit 5)");
	fails(spin, "gave no answer for 1 s and was ended");
	fails(trickle, "gave no answer for 1 s and was ended");
	fails(close_and_spin, "was ended");
	fails(say_too_much, "an answer of 4294967295 bytes, which is none");
	fails(say_half, "gave up (exit 0)");
}

/* Frames that have nothing to say, and are never the last. */
static void go_on(struct sandbox_inside *inside, void *context)
{
	struct cursor c;

	(void)context;
	sandbox_next(inside, &c);
	for (int i = 0; i < 100; i++) {
		sandbox_begin(inside, ANSWER);
		sandbox_end(inside);
		sandbox_flush(inside);
		wait_a_little();
	}
}

static void frames_of_one_answer_share_its_time(void **state)
{
	struct sandbox *sandbox = start(go_on);
	struct error err = {0};
	struct cursor c;
	uint32_t kind;
	int r;

	(void)state;
	sandbox_set_stall(sandbox, SHORT_MS);
	ask(sandbox, "x", 1);
	r = sandbox_wait(&sandbox, 1, 0, &kind, &c, &err);
	for (int i = 0; i < 100 && r == 0; i++)
		r = sandbox_wait_more(&sandbox, 1, 0, &kind, &c, &err);
	assert_int_equal(r, ERROR_INPUT);
	assert_non_null(strstr(err.text, "gave no answer for 1 s"));
	sandbox_free(sandbox);
}

static void begin_twice(struct sandbox_inside *inside, void *context)
{
	struct cursor c;

	(void)context;
	sandbox_next(inside, &c);
	sandbox_begin(inside, ANSWER);
	sandbox_put_text(inside, "whole");
	sandbox_end(inside);
	sandbox_begin(inside, ANSWER);
	sandbox_put_text(inside, "half");
	sandbox_begin(inside, ASK);
	sandbox_put_text(inside, "why");
	sandbox_end(inside);
}

static void a_frame_that_is_given_up_is_dropped(void **state)
{
	static const char *const expected[] = {"whole", "why"};
	struct sandbox *sandbox = start(begin_twice);
	struct str text = STR_INIT(100);
	struct error err = {0};
	struct cursor c;
	uint32_t kind;

	(void)state;
	ask(sandbox, "x", 1);
	for (uint32_t i = 0; i < 2; i++) {
		if (sandbox_wait(&sandbox, 1, 0, &kind, &c, &err) < 0)
			fail_msg("%s", err.text);
		assert_int_equal(kind, i ? ASK : ANSWER);
		str_reset(&text);
		sandbox_get_line(&c, 100, &text);
		assert_string_equal(text.data, expected[i]);
		assert_true(cursor_ok(&c) && cursor_left(&c) == 0);
	}
	str_done(&text);
	sandbox_free(sandbox);
}

/* Who waits for one process does not turn in circles about another one that is gone. */
static void one_that_is_gone_costs_nothing(void **state)
{
	struct sandbox *all[2] = {start(spin), start(leave)};
	char *bytes = calloc(1, LARGE);
	struct rusage before, after;
	struct error err = {0};
	struct cursor c;
	uint32_t kind;
	int64_t us;

	(void)state;
	assert_non_null(bytes);
	ask(all[1], "x", 1);
	assert_int_equal(sandbox_wait(all, 2, 1, &kind, &c, &err), ERROR_INPUT);
	ask(all[1], bytes, LARGE);
	sandbox_set_stall(all[0], LONG_MS);
	getrusage(RUSAGE_SELF, &before);
	assert_int_equal(sandbox_wait(all, 2, 0, &kind, &c, &err), ERROR_INPUT);
	getrusage(RUSAGE_SELF, &after);
	us = (after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec -
		before.ru_stime.tv_sec) * (int64_t)1000000 + after.ru_utime.tv_usec -
		before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec;
	assert_true(us < LONG_MS * (int64_t)1000 / 20);
	free(bytes);
	sandbox_free(all[0]);
	sandbox_free(all[1]);
}

/* ---- limits ------------------------------------------------------------------------------ */

struct pages {
	int shared;
};

static void count_shared(void *context)
{
	struct pages *pages = context;
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	while (maps && fgets(line, sizeof(line), maps))
		pages->shared += strstr(line, "/dev/zero") != NULL;
	if (maps)
		fclose(maps);
}

static void say_shared(struct sandbox_inside *inside, void *context)
{
	const struct pages *pages = context;
	struct cursor c;

	sandbox_next(inside, &c);
	sandbox_begin(inside, ANSWER);
	sandbox_put_u32(inside, (uint32_t)pages->shared);
	sandbox_end(inside);
}

static void a_process_shares_its_own_page_only(void **state)
{
	struct sandbox *first = start(echo), *second = NULL;
	struct pages pages = {0};
	struct error err = {0};
	struct cursor c;
	uint32_t kind;

	(void)state;
	assert_int_equal(sandbox_start(count_shared, say_shared, &pages, &second, &err), 0);
	ask(second, "x", 1);
	assert_int_equal(sandbox_wait(&second, 1, 0, &kind, &c, &err), 0);
	assert_int_equal(cursor_be32(&c), 1);
	sandbox_free(first);
	sandbox_free(second);
}

static void take_memory(struct sandbox_inside *inside, void *context)
{
	struct cursor c;

	(void)context;
	sandbox_next(inside, &c);
	sandbox_begin(inside, ANSWER);
	for (size_t part = 4; part; part -= part > 1 ? 3 : 1)
		sandbox_put_u8(
			inside, mmap(NULL, SANDBOX_MEMORY_MAX / part, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
	sandbox_end(inside);
}

static void write_too_much(struct sandbox_inside *inside, void *context)
{
	struct cursor c;

	(void)context;
	sandbox_next(inside, &c);
	sandbox_begin(inside, ANSWER);
	for (size_t i = 0; i <= SANDBOX_FRAME_MAX; i += sizeof(zeros))
		sandbox_put_bytes(inside, zeros, sizeof(zeros));
	sandbox_end(inside);
}

static void memory_and_frames_are_bounded(void **state)
{
	struct sandbox *sandbox = start(take_memory);
	struct error err = {0};
	struct cursor c;
	uint32_t kind;

	(void)state;
	ask(sandbox, "x", 1);
	if (sandbox_wait(&sandbox, 1, 0, &kind, &c, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(cursor_u8(&c), 1);
	assert_int_equal(cursor_u8(&c), 0);
	sandbox_free(sandbox);
	sandbox = start(write_too_much);
	ask(sandbox, "x", 1);
	assert_int_equal(sandbox_wait(&sandbox, 1, 0, &kind, &c, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "gave up (exit 3)"));
	sandbox_free(sandbox);
	sandbox = start(echo);
	sandbox_out_begin(sandbox, ASK);
	for (size_t i = 0; i <= SANDBOX_FRAME_MAX; i += sizeof(zeros))
		str_add(sandbox_out(sandbox), zeros, sizeof(zeros));
	sandbox_out_end(sandbox);
	assert_int_equal(sandbox_wait(&sandbox, 1, 0, &kind, &c, &err), ERROR_SYSTEM);
	sandbox_free(sandbox);
}

static void what_it_worked_on_is_known(void **state)
{
	struct sandbox *sandbox = start(crash);
	uint32_t kind, subject = 0, pack = 0;
	struct error err = {0};
	struct cursor c;

	(void)state;
	ask(sandbox, "x", 1);
	assert_int_equal(sandbox_wait(&sandbox, 1, 0, &kind, &c, &err), ERROR_INPUT);
	sandbox_stood(sandbox, &subject, &pack);
	assert_int_equal(subject, 7);
	assert_int_equal(pack, 3);
	sandbox_free(sandbox);
}

/* ---- what it may say --------------------------------------------------------------------- */

static void add_answer(struct str *out, uint32_t pack, const char *outcome, int64_t score,
	int64_t until, const char *missing, const char *dues, const char *inputs,
	uint32_t reasons)
{
	static const uint8_t digest[DIGEST_SIZE] = {1, 2, 3};

	str_reset(out);
	sandbox_add_u32(out, pack);
	str_add(out, "\0\1", 2);
	sandbox_add_text(out, outcome, strlen(outcome));
	sandbox_add_i64(out, score);
	sandbox_add_i64(out, until);
	sandbox_add_text(out, missing, strlen(missing));
	sandbox_add_text(out, "A1+", 3);
	sandbox_add_text(out, "s=2 tier=2-3", 12);
	sandbox_add_text(out, dues, strlen(dues));
	sandbox_add_text(out, inputs, strlen(inputs));
	str_add(out, digest, sizeof(digest));
	sandbox_add_u32(out, reasons);
	for (uint32_t i = 0; i < reasons && i < 1000; i++)
		sandbox_add_text(out, "r", 1);
	sandbox_add_text(out, "", 0);
}

#define DUES "2027-02-28 A1 over l\n2026-12-31 A2 late the yearly one"

static void an_answer_is_checked(void **state)
{
	struct judge_texts texts = {.all = STR_INIT(1 << 20)};
	struct str out = STR_INIT(1 << 20);
	struct judged judged = {0};
	const struct {
		uint32_t pack;
		const char *outcome;
		int64_t score, until;
		const char *missing, *dues, *inputs;
		uint32_t reasons;
		bool good;
	} cases[] = {
		{1, "cii", 60, 20000, "a, b", DUES, "<inputs>\n\t<fact/>\n</inputs>\n", 2,
			true},
		{0, "n/a", 0, INT64_MAX, "", "", "", 0, true},
		{2, "cii", 60, 20000, "", "", "", 0, false},
		{0, "", 60, 20000, "", "", "", 0, false},
		{0, "C!", 60, 20000, "", "", "", 0, false},
		{0, "an-outcome-that-is-far-too-long", 60, 20000, "", "", "", 0, false},
		{0, "twenty-characters-20", 1000000, 4000000, "", "", "", JUDGE_REASONS_MAX,
			true},
		{0, "twenty-characters--21", 60, 20000, "", "", "", 0, false},
		{0, "-cii", 60, 20000, "", "", "", 0, false},
		{0, "a/b", 60, 20000, "", "", "", 0, false},
		{0, "cii", 1000001, 20000, "", "", "", 0, false},
		{0, "cii", -1000001, 20000, "", "", "", 0, false},
		{0, "cii", 60, 4000001, "", "", "", 0, false},
		{0, "cii", INT64_MAX, 20000, "", "", "", 0, false},
		{0, "cii", 60, -1, "", "", "", 0, false},
		{0, "cii", 60, INT64_MAX - 1, "", "", "", 0, false},
		{0, "cii", 60, 20000, "a\nb", "", "", 0, false},
		{0, "cii", 60, 20000, "\xff", "", "", 0, false},
		{0, "cii", 60, 20000, "", "2027-02-30 A1 over l", "", 0, false},
		{0, "cii", 60, 20000, "", "0000-02-01 A1 over l", "", 0, false},
		{0, "cii", 60, 20000, "", "1969-12-31 A1 over l", "", 0, false},
		{0, "cii", 60, 20000, "", DUES "\nsoon", "", 0, false},
		{0, "cii", 60, 20000, "", "2027-02-28", "", 0, false},
		{0, "cii", 60, 20000, "", "", "\x1b[2J", 0, false},
		{0, "cii", 60, 20000, "", "", "", JUDGE_REASONS_MAX + 1, false},
		{0, "cii", 60, 20000, "", "", "", UINT32_MAX, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cursor c;

		add_answer(&out, cases[i].pack, cases[i].outcome, cases[i].score,
			cases[i].until, cases[i].missing, cases[i].dues, cases[i].inputs,
			cases[i].reasons);
		c = cursor_of(out.data, out.len);
		if (judge_read(&c, 2, &texts, &judged) != cases[i].good)
			fail_msg("case %zu is %staken", i, cases[i].good ? "not " : "");
		for (size_t n = 0; cases[i].good && n < out.len; n++) {
			c = cursor_of(out.data, n);
			assert_false(judge_read(&c, 2, &texts, &judged));
		}
	}
	str_done(&out);
	str_done(&texts.all);
}

struct said_pack {
	const char *id, *version, *unit, *supersedes;
	uint32_t hops, days, margin, clocks, thresholds;
	double jaccard;
	bool good;
};

static void add_said(struct str *out, const struct said_pack *said)
{
	const char *const texts[] = {said->id, said->version, said->supersedes, said->unit};
	int64_t bits;

	str_reset(out);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		sandbox_add_text(out, texts[i], strlen(texts[i]));
	sandbox_add_u32(out, said->hops);
	sandbox_add_u32(out, 0);
	str_add(out, "\0\0\1" "\1\2\3", 6);
	sandbox_add_u32(out, said->days);
	sandbox_add_text(out, "basis", 5);
	sandbox_add_u32(out, said->margin);
	memcpy(&bits, &said->jaccard, sizeof(bits));
	sandbox_add_i64(out, bits);
	sandbox_add_i64(out, 0); /* major, notable */
	sandbox_add_text(out, "", 0);
	str_addc(out, (char)said->clocks);
	for (uint32_t i = 0; i < said->clocks; i++) {
		str_add(out, "\1\1", 2);
		sandbox_add_u32(out, 3);
		sandbox_add_u32(out, 0);
		sandbox_add_text(out, "b", 1);
	}
	str_addc(out, (char)said->thresholds);
	for (uint32_t i = 0; i < said->thresholds; i++)
		sandbox_add_i64(out, 0);
	sandbox_add_text(out, " A ", 3);
}

static void what_a_pack_says_of_itself_is_checked(void **state)
{
	const struct said_pack cases[] = {
		{"t.t", "1", "system", "", 3, 90, 10, 2, 2, 0.8, true},
		{"t.t", "2025.11.3.99999", "subnet", "t.s", 64, 120000, 120000, PACK_CLOCKS_MAX,
			JUDGE_THRESHOLDS_MAX, 1, true},
		{"", "1", "system", "", 3, 90, 10, 0, 0, 0.8, false},
		{"t t", "1", "system", "", 3, 90, 10, 0, 0, 0.8, false},
		{"t.t", "", "system", "", 3, 90, 10, 0, 0, 0.8, false},
		{"t.t", "1.", "system", "", 3, 90, 10, 0, 0, 0.8, false},
		{"t.t", "1..2", "system", "", 3, 90, 10, 0, 0, 0.8, false},
		{"t.t", "1.2.3.4.5", "system", "", 3, 90, 10, 0, 0, 0.8, false},
		{"t.t", "123456", "system", "", 3, 90, 10, 0, 0, 0.8, false},
		{"t.t", "v1", "system", "", 3, 90, 10, 0, 0, 0.8, false},
		{"t.t", "1", "systems", "", 3, 90, 10, 0, 0, 0.8, false},
		{"t.t", "1", "", "", 3, 90, 10, 0, 0, 0.8, false},
		{"t.t", "1", "system", "'; x", 3, 90, 10, 0, 0, 0.8, false},
		{"t.t", "1", "system", "", 65, 90, 10, 0, 0, 0.8, false},
		{"t.t", "1", "system", "", 3, 120001, 10, 0, 0, 0.8, false},
		{"t.t", "1", "system", "", 3, 90, 120001, 0, 0, 0.8, false},
		{"t.t", "1", "system", "", 3, 90, 10, PACK_CLOCKS_MAX + 1, 0, 0.8, false},
		{"t.t", "1", "system", "", 3, 90, 10, 0, JUDGE_THRESHOLDS_MAX + 1, 0.8, false},
		{"t.t", "1", "system", "", 3, 90, 10, 0, 0, 1.1, false},
		{"t.t", "1", "system", "", 3, 90, 10, 0, 0, (double)INFINITY, false},
	};
	struct str out = STR_INIT(1 << 16);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct judge_pack said = {0};
		struct cursor c;

		add_said(&out, &cases[i]);
		c = cursor_of(out.data, out.len);
		if (judge_read_pack(&c, &said) != cases[i].good)
			fail_msg("case %zu is %staken", i, cases[i].good ? "not " : "");
		for (size_t n = 0; cases[i].good && n < out.len; n++) {
			c = cursor_of(out.data, n);
			assert_false(judge_read_pack(&c, &said));
		}
	}
	str_done(&out);
}

/* ---- packs and subjects ------------------------------------------------------------------ */

static const char pack[] =
	"<norm-pack xmlns='urn:cadastre:norm:1' id='t.t' version='1' unit='system' "
	"language='en' authority='t' effective-from='2020-01-01'><title>t</title><facts>"
	"<fact name='tier' type='number' label='t' select='tier/@final'/></facts><criteria>"
	"<criterion id='A' factor='harm' bright-line='yes' test='$tier &gt;= 3' basis='b'>t"
	"</criterion></criteria><outcome value='cii' when='bright'/><examples><example name='e' "
	"outcome='cii'><given fact='tier' value='3'/></example></examples></norm-pack>";

struct seen {
	size_t n;
	char last[32];
};

static int see(void *context, const char *id, const char *name, bool mark,
	const struct judged *judged, struct error *reterr)
{
	struct seen *seen = context;
	char expected[32];

	(void)reterr;
	snprintf(expected, sizeof(expected), "s%zu", seen->n);
	assert_string_equal(id, expected);
	assert_string_equal(name, "name");
	assert_int_equal(mark, seen->n % 3 == 0);
	assert_string_equal(judged->outcome, seen->n % 2 ? "cii" : "not");
	seen->n++;
	return 0;
}

static void order_stays_whoever_judges(void **state)
{
	static const char *const dossiers[] = {
		"<system id='s' grade='attested' as-of='2026-01-01'><tier final='2' "
		"grade='attested' as-of='2026-01-01'/></system>",
		"<system id='s' grade='attested' as-of='2026-01-01'><tier final='3' "
		"grade='attested' as-of='2026-01-01'/></system>"};

	(void)state;
	for (unsigned int processes = 1; processes <= 3; processes++) {
		struct judge *judge = NULL;
		struct error err = {0};
		struct seen seen = {0};
		int r = judge_new(NULL, processes, 20700, false, &judge, &err);

		if (r == 0)
			r = judge_add_pack(judge, "t.t", pack, strlen(pack), &err);
		for (size_t i = 0; i < 3000 && r == 0; i++) {
			char id[32];

			snprintf(id, sizeof(id), "s%zu", i);
			r = judge_subject(judge,
				&(struct judge_case){.unit = "system", .id = id, .name = "name",
					.mark = i % 3 == 0, .dossier = dossiers[i % 2],
					.n_dossier = strlen(dossiers[i % 2])},
				see, &seen, &err);
		}
		if (r == 0)
			r = judge_finish(judge, see, &seen, &err);
		if (r < 0)
			fail_msg("%s", err.text);
		assert_int_equal(seen.n, 3000);
		judge_free(judge);
	}
}

/* As many as there may be, of which each asks the graph as much as a pack may. */
static void add_graph_pack(struct str *out, unsigned int number, unsigned int questions)
{
	str_reset(out);
	str_addf(out,
		"<norm-pack xmlns='urn:cadastre:norm:1' id='t.g%u' version='1' unit='system' "
		"language='en' authority='t' effective-from='2020-01-01'><title>t</title><facts>"
		"<fact name='tier' type='number' label='t' select='tier/@final'/>",
		number);
	for (unsigned int i = 0; i < questions; i++)
		str_addf(out,
			"<graph name='g%u' unit='system' kind='dependants' direction='in' "
			"depth='2' min-strength='important' label='l' max-age='P%uD'/>",
			i, 1 + number * 60 + i);
	str_adds(out, "</facts><criteria><criterion id='A' factor='harm' bright-line='yes' "
		"test='$tier &gt;= 3' basis='b'>t</criterion></criteria><outcome value='cii' "
		"when='bright'/><examples><example name='e' outcome='cii'><given fact='tier' "
		"value='3'/></example></examples></norm-pack>");
}

static void packs_and_their_questions_are_bounded(void **state)
{
	struct str text = STR_INIT(1 << 20);
	struct judge *judge = NULL;
	struct error err = {0};
	int r = 0;

	(void)state;
	assert_int_equal(judge_new(NULL, 1, 20700, false, &judge, &err), 0);
	for (unsigned int i = 0; i < JUDGE_PACKS_MAX; i++) {
		add_graph_pack(&text, i, 0);
		if (judge_add_pack(judge, "t.g", text.data, text.len, &err) < 0)
			fail_msg("%s", err.text);
	}
	assert_int_equal(judge_add_pack(judge, "t.g", text.data, text.len, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "more than 256 norm packs are in force"));
	judge_free(judge);
	assert_int_equal(judge_new(NULL, 1, 20700, false, &judge, &err), 0);
	for (unsigned int i = 0; i < 20 && r == 0; i++) {
		add_graph_pack(&text, i, 60);
		r = judge_add_pack(judge, "t.g", text.data, text.len, &err);
		assert_int_equal(r < 0, i == 17);
	}
	assert_int_equal(r, ERROR_INPUT);
	assert_non_null(strstr(err.text, "t.g17: the packs in force ask more than 1024"));
	judge_free(judge);
	str_done(&text);
}

static int see_day(void *context, const char *id, const char *name, bool mark,
	const struct judged *judged, struct error *reterr)
{
	int64_t *day = context;

	(void)id;
	(void)name;
	(void)mark;
	(void)reterr;
	*day = judged->until_day;
	return 0;
}

/* However many dates the dossier names. 2026-09-04 is day 20700. */
static void the_next_day_counts(void **state)
{
	static const struct {
		const char *date;
		int64_t day;
	} cases[] = {{"2026-09-03", JUDGE_NO_DAY}, {"2026-09-04", 20701}, {"2026-09-05", 20701},
		{"2026-09-07", 20703}, {"2027-02-30", JUDGE_NO_DAY}};
	struct str text = STR_INIT(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct judge *judge = NULL;
		struct error err = {0};
		struct judge_case subject = {.unit = "system", .id = "s", .name = "name"};
		int64_t day = 0;

		str_reset(&text);
		str_adds(&text, "<system id=\"s\">");
		for (int n = 0; n < 100; n++)
			str_addf(
				&text, "<event as-of=\"20%02d-01-%02d\"/>", n % 20, 1 + n / 20);
		str_addf(&text, "<tier final=\"2\" as-of=\"%s\"/></system>", cases[i].date);
		subject.dossier = text.data;
		subject.n_dossier = text.len;
		assert_int_equal(judge_new(NULL, 1, 20700, false, &judge, &err), 0);
		assert_int_equal(judge_add_pack(judge, "t.t", pack, strlen(pack), &err), 0);
		if (judge_subject(judge, &subject, see_day, &day, &err) < 0 ||
			judge_finish(judge, see_day, &day, &err) < 0)
			fail_msg("%s", err.text);
		assert_int_equal(day, cases[i].day);
		judge_free(judge);
	}
	str_done(&text);
}

static void a_bad_subject_is_named(void **state)
{
	static const char bad[] = "<system id='s'><tier</system>";
	const struct judge_case subject = {.unit = "system", .id = "pump", .name = "name",
		.dossier = bad, .n_dossier = strlen(bad)};
	struct judge *judge = NULL;
	struct error err = {0};
	struct seen seen = {0};

	(void)state;
	assert_int_equal(judge_new(NULL, 1, 20700, false, &judge, &err), 0);
	assert_int_equal(judge_add_pack(judge, "t.t", pack, strlen(pack), &err), 0);
	assert_int_equal(judge_subject(judge, &subject, see, &seen, &err), 0);
	assert_int_equal(judge_finish(judge, see, &seen, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "system \"pump\""));
	judge_free(judge);
}

static void a_bad_pack_is_named(void **state)
{
	struct judge_checked checked = {0};
	struct judge *judge = NULL;
	struct error err = {0};

	(void)state;
	assert_int_equal(judge_new(NULL, 1, 20700, false, &judge, &err), 0);
	assert_int_equal(judge_add_pack(judge, "t.bad", "<norm-pack/>", 12, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "t.bad"));
	judge_free(judge);
	assert_int_equal(
		judge_check(NULL, "one.xml", pack, strlen(pack), NULL, NULL, &checked, &err),
		0);
	assert_string_equal(checked.pack.id, "t.t");
	assert_int_equal(checked.passed, 1);
	judge_checked_done(&checked);
	assert_int_equal(judge_check(NULL, "two.xml", "<a", 2, NULL, NULL, &checked, &err),
		ERROR_INPUT);
	assert_non_null(strstr(err.text, "two.xml"));
	judge_checked_done(&checked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(much_goes_both_ways),
		cmocka_unit_test(it_can_open_nothing),
		cmocka_unit_test(however_it_ends_that_is_told),
		cmocka_unit_test(frames_of_one_answer_share_its_time),
		cmocka_unit_test(a_frame_that_is_given_up_is_dropped),
		cmocka_unit_test(one_that_is_gone_costs_nothing),
		cmocka_unit_test(a_process_shares_its_own_page_only),
		cmocka_unit_test(memory_and_frames_are_bounded),
		cmocka_unit_test(what_it_worked_on_is_known),
		cmocka_unit_test(an_answer_is_checked),
		cmocka_unit_test(what_a_pack_says_of_itself_is_checked),
		cmocka_unit_test(packs_and_their_questions_are_bounded),
		cmocka_unit_test(order_stays_whoever_judges),
		cmocka_unit_test(the_next_day_counts),
		cmocka_unit_test(a_bad_subject_is_named),
		cmocka_unit_test(a_bad_pack_is_named),
	};

	return RUN(tests);
}
