/* SPDX-License-Identifier: Apache-2.0 */
/* SYNs and SYN-ACKs as signatures, and lists of them in p0f's form: what fits, what is weak,
 * what is no signature; which two are of two systems, and which of several says most. */
#include "tests/unit/scanner/fingerprint/folder.h"

#include "scanner/fingerprint/stack.h"
#include "scanner/link/template.h"

#include <string.h>

static const uint8_t mss_only[] = {2, 4, 0x05, 0xb4};

static struct frame syn_ack(const uint8_t *options, size_t size)
{
	return (struct frame){.kind = FRAME_TCP, .src = {.family = 4}, .ttl = 61, .seq = 9,
		.window = 64240, .ip_df = true, .tcp_flags = FRAME_SYN | FRAME_ACK,
		.tcp_options = options, .tcp_options_size = size};
}

static const char *signature(const struct frame *f)
{
	static char text[STACK_TEXT_MAX];
	struct stack stack;

	stack_of(f, &stack);
	return stack_format(&stack, text);
}

static void what_is_heard(void **state)
{
	static const uint8_t rich[] = {
		2, 4, 0x05, 0x78, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 9, 1, 3, 3, 15};
	static const uint8_t ended[] = {2, 4, 0x05, 0xb4, 0, 0, 7, 0}, odd[] = {19, 2, 5, 2, 1};
	static const uint8_t nops[40] = {
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
	struct frame f = syn_ack(mss_only, sizeof(mss_only));

	(void)state;
	assert_string_equal(signature(&f), "4:64:0:1460:64240,0:mss:df:0");
	f.ip_id = 7;
	f.seq = 0;
	f.ttl = 120;
	f.tcp_flags |= FRAME_PSH;
	assert_string_equal(signature(&f), "4:128:0:1460:64240,0:mss:df,id+,seq-,pushf+:0");
	f = syn_ack(rich, sizeof(rich));
	f.ip_df = false;
	f.ttl = 200;
	assert_string_equal(
		signature(&f), "4:255:0:1400:64240,15:mss,sok,ts,nop,ws:id-,exws,ts1-:0");
	f = syn_ack(ended, sizeof(ended));
	assert_string_equal(signature(&f), "4:64:0:1460:64240,0:mss,eol+3:df,opt+:0");
	f = syn_ack(odd, sizeof(odd));
	assert_string_equal(signature(&f), "4:64:0:0:64240,0:?19,sack,nop:df:0");
	f = syn_ack(nops, sizeof(nops));
	assert_string_equal(signature(&f),
		"4:64:0:0:64240,0:nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,"
		"nop,nop,nop,nop,nop,nop,nop,nop:df,bad:0");
	f = syn_ack(mss_only, 0);
	f.src.family = 6;
	f.ip_df = false;
	assert_string_equal(signature(&f), "6:64:0:0:64240,0:::0");
}

/* What only a SYN shows, and what does not count in one. */
static void what_a_syn_shows(void **state)
{
	static const uint8_t usual[] = {
		2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 1, 3, 3, 7};
	static const uint8_t told[] = {8, 10, 0, 0, 0, 7, 0, 0, 0, 9};
	struct frame f = syn_ack(usual, sizeof(usual));

	(void)state;
	f.tcp_flags = FRAME_SYN;
	f.ip_id = 9;
	assert_string_equal(signature(&f), "4:64:0:1460:64240,7:mss,sok,ts,nop,ws:df,id+:0");
	f.tcp_ecn = true;
	f.ack = 5;
	assert_string_equal(
		signature(&f), "4:64:0:1460:64240,7:mss,sok,ts,nop,ws:df,id+,ecn,ack+:0");
	f = syn_ack(told, sizeof(told));
	f.ack = 5;
	assert_string_equal(signature(&f), "4:64:0:0:64240,0:ts:df:0");
	f.tcp_flags = FRAME_SYN;
	f.ack = 0;
	assert_string_equal(signature(&f), "4:64:0:0:64240,0:ts:df,ts2+:0");
}

static struct stack with(uint8_t ttl, const uint8_t *options, size_t n)
{
	struct stack s = {.version = 4, .ttl = ttl, .n_options = (uint8_t)n};

	memcpy(s.options, options, n);
	return s;
}
#define WITH(ttl, ...)                                                                         \
	with(ttl, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void which_are_of_two_systems(void **state)
{
	/* as Linux, without time stamps, with fast open; as Windows, as a Mac; a tool's */
	const struct stack linux_ = WITH(64, 2, 4, 8, 1, 3), less = WITH(64, 2, 1, 1, 4, 1, 3),
			   more = WITH(64, 2, 4, 8, 1, 3, 34, 1, 1),
			   panes = WITH(128, 2, 1, 3, 1, 1, 4),
			   apple = WITH(64, 2, 1, 3, 1, 1, 8, 4, 0), bare = WITH(255, 2),
			   probe = WITH(64, 2), traced = WITH(32, 2, 4, 8, 1, 3),
			   guarded = WITH(255, 2, 4, 8, 1, 3),
			   other_ttl = WITH(128, 2, 4, 8, 1, 3), twice = WITH(64, 3, 2, 3, 4);
	const struct stack *one[] = {&linux_, &less, &more, &bare, &traced, &guarded};
	struct stack bad = panes;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(one); i++)
		for (size_t k = 0; k < ARRAY_SIZE(one); k++)
			assert_false(stack_differs(one[i], one[k]));
	assert_true(stack_differs(&linux_, &panes) && stack_differs(&panes, &linux_));
	assert_true(stack_differs(&linux_, &apple) && stack_differs(&apple, &linux_));
	assert_true(stack_differs(&panes, &apple));
	assert_true(stack_differs(&linux_, &other_ttl));
	assert_false(stack_differs(&guarded, &other_ttl));
	assert_false(stack_differs(&bare, &panes));
	assert_false(stack_differs(&probe, &panes));
	assert_false(stack_differs(&twice, &twice));
	bad.quirks = STACK_OPTIONS_BAD;
	assert_false(stack_differs(&linux_, &bad));
	assert_true(stack_ttl_differs(&linux_, &panes));
	assert_false(stack_ttl_differs(&linux_, &bad) || stack_ttl_differs(&bad, &linux_));
}

static void which_says_most(void **state)
{
	struct stack linux_ = WITH(64, 2, 4, 8, 1, 3), less = WITH(64, 2, 1, 1, 4, 1, 3),
		     bare = WITH(64, 2), wider = linux_, bad = linux_;

	(void)state;
	wider.window = 0xffff;
	assert_true(stack_compare(&linux_, &less) < 0 && stack_compare(&less, &linux_) > 0);
	assert_true(stack_compare(&less, &bare) < 0);
	assert_int_equal(stack_compare(&bare, &bare), 0);
	assert_true(stack_compare(&linux_, &wider) < 0 && stack_compare(&wider, &linux_) > 0);
	bad.quirks = STACK_OPTIONS_BAD; /* with all that is usual, and still nobody's */
	assert_true(stack_compare(&bare, &bad) < 0 && stack_compare(&bad, &bare) > 0);
	assert_int_equal(stack_compare(&bad, &bad), 0);
}

/* Options that end inside themselves, whatever they say of their length. */
static void options_that_lie(void **state)
{
	(void)state;
	for (int length = 0; length < 256; length++) {
		uint8_t bytes[4] = {2, (uint8_t)length, 5, 0xb4};

		for (size_t size = 1; size <= sizeof(bytes); size++) {
			struct frame f = syn_ack(bytes, size);
			bool bad = strstr(signature(&f), ":df,bad:") != NULL;

			/* 4: all of it; 2 and 3: an MSS without its bytes, 3 leaves one that is
			 * an option */
			assert_int_equal(bad, !(length == 4 && size == 4));
		}
	}
}

static struct stacks *sample(void)
{
	struct error err = {0};
	struct stacks *stacks;

	assert_int_equal(stacks_load(SAMPLE, &stacks, &err), 0);
	return stacks;
}

static const char *family(const struct stacks *stacks, const struct frame *f, bool *weak)
{
	struct stack stack;

	stack_of(f, &stack);
	return stacks_match(stacks, f->tcp_flags & FRAME_ACK ? STACK_RESPONSE : STACK_REQUEST,
		&stack, weak);
}

static void who_it_may_be(void **state)
{
	static const uint8_t seven[] = {2, 4, 0x05, 0xb4, 1, 3, 3, 8},
			     small[] = {2, 4, 0x05, 0x78};
	_cleanup_(stacks_freep) struct stacks *stacks = sample();
	struct frame f = syn_ack(mss_only, sizeof(mss_only));
	bool weak;

	(void)state;
	assert_int_equal(stacks_count(stacks, STACK_RESPONSE),
		6); /* nothing malformed, no tool, no SYN */
	f.window = 44 * 1460;
	assert_string_equal(family(stacks, &f, &weak), "Penguin");
	assert_false(weak);
	f.ip_df = false; /* cleared on the way, and the id is zero then */
	assert_string_equal(family(stacks, &f, &weak), "Penguin");
	assert_true(weak);
	f.window++;
	assert_null(family(stacks, &f, &weak));
	assert_false(weak);
	f.ttl = 250;
	f.ip_id = 3;
	assert_string_equal(family(stacks, &f, &weak), "Old");
	assert_true(weak);
	f = syn_ack(small, sizeof(small));
	f.window = 2 * 1440;
	f.seq = 0;
	f.ip_df = false;
	f.ip_id = 3;
	assert_string_equal(family(stacks, &f, &weak), "Old");
	f = syn_ack(seven, sizeof(seven));
	f.ttl = 127;
	f.ip_id = 3;
	f.window = 8192;
	assert_string_equal(family(stacks, &f, &weak), "Panes");
	f.window = 8193;
	assert_null(family(stacks, &f, &weak));
	f.window = 1; /* what only a tool makes */
	f.ttl = 64;
	assert_null(family(stacks, &f, &weak));
}

/* The other section of the list; a window of so many MSS, also where stamps are counted or a
 * router lowered it. */
static void who_asks(void **state)
{
	static const uint8_t usual[] = {
		2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 1, 3, 3, 7};
	static const uint8_t lowered[] = {
		2, 4, 0x05, 0x64, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 1, 3, 3, 7};
	static const uint8_t nine[] = {
		2, 4, 0x05, 0xb4, 1, 3, 3, 8, 1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 1, 1, 4, 2};
	static const uint16_t windows[] = {20 * 1460, 20 * 1448, 20 * 1380, 20 * 1368};
	_cleanup_(stacks_freep) struct stacks *stacks = sample();
	struct frame f = syn_ack(mss_only, sizeof(mss_only));
	bool weak;

	(void)state;
	assert_int_equal(stacks_count(stacks, STACK_REQUEST), 4);
	f.ip_id = 7;
	assert_null(family(stacks, &f, &weak));
	f.tcp_flags = FRAME_SYN;
	assert_string_equal(family(stacks, &f, &weak), "Asker");
	assert_false(weak);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(windows); i++) {
		bool low = i >= ARRAY_SIZE(windows);

		f.tcp_options = low ? lowered : usual;
		f.tcp_options_size = sizeof(usual);
		f.window = windows[i % ARRAY_SIZE(windows)];
		if (low || i < 2)
			assert_string_equal(family(stacks, &f, &weak), "Asker");
		else
			assert_null(family(stacks, &f, &weak));
	}
	f.window = 20 * 1460;
	f.tcp_ecn = true; /* a setting: but for that it is */
	assert_string_equal(family(stacks, &f, &weak), "Asker");
	assert_true(weak);
	f.ack = 1; /* as only a tool has it */
	assert_null(family(stacks, &f, &weak));
	f = syn_ack(mss_only,
		sizeof(mss_only)); /* a tool's own, though it fits one of last resort too */
	f.tcp_flags = FRAME_SYN;
	f.window = 5;
	assert_string_equal(family(stacks, &f, &weak), "Any");
	assert_true(weak);
	f.window = 6;
	assert_null(family(stacks, &f, &weak));
	assert_false(weak);
	f = syn_ack(nine, sizeof(nine));
	f.tcp_flags = FRAME_SYN;
	f.ip_id = 7;
	f.ttl = 126;
	f.window = 8192;
	assert_string_equal(family(stacks, &f, &weak), "Knocker");
}

static void no_list(void **state)
{
	_cleanup_(stacks_freep) struct stacks *stacks = NULL;
	struct frame f = syn_ack(mss_only, sizeof(mss_only));
	struct error err = {0};
	bool weak;

	(void)state;
	assert_int_equal(stacks_load("/nonexistent/p0f.fp", &stacks, &err), 0);
	assert_int_equal(
		stacks_count(stacks, STACK_REQUEST) + stacks_count(stacks, STACK_RESPONSE), 0);
	assert_null(family(stacks, &f, &weak));
}

static void too_large(void **state)
{
	struct folder folder;
	char path[128], *text = malloc((1u << 20) + 2);
	struct stacks *stacks = NULL;
	struct error err = {0};

	(void)state;
	memset(text, ';', (1u << 20) + 1);
	text[(1u << 20) + 1] = '\0';
	folder_make(&folder);
	folder_file(&folder, "p0f.fp", text, path, sizeof(path));
	assert_true(stacks_load(path, &stacks, &err) < 0);
	assert_null(stacks);
	folder_remove(folder.path);
	free(text);
}

/* Of ourselves: one layout, whatever is asked; the scanner's page says so. */
static void our_own_syn(void **state)
{
	const struct mac mac = {{2, 0, 0, 0, 0, 1}};
	struct template built;
	struct frame f;
	struct addr source;

	(void)state;
	assert_int_equal(addr_parse("198.18.0.1", &source, NULL), 0);
	assert_int_equal(
		template_build(TEMPLATE_SYN, LINK_ETHERNET, &mac, &source, 40000, &built, NULL),
		0);
	assert_int_equal(
		frame_decode(FRAME_LINK_ETHERNET, built.bytes, built.size, &f), FRAME_OK);
	f.seq = f.ip_id = 1; /* the probe's own, seldom zero */
	assert_string_equal(signature(&f), TEMPLATE_SYN_SIGNATURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_heard),
		cmocka_unit_test(options_that_lie), cmocka_unit_test(what_a_syn_shows),
		cmocka_unit_test(which_are_of_two_systems), cmocka_unit_test(which_says_most),
		cmocka_unit_test(who_it_may_be), cmocka_unit_test(who_asks),
		cmocka_unit_test(no_list), cmocka_unit_test(too_large),
		cmocka_unit_test(our_own_syn)};

	return RUN(tests);
}
