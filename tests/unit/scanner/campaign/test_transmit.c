/* SPDX-License-Identifier: Apache-2.0 */
/* The last steps before the wire: what may not leave does not, and is not taken for something
 * else. */
#include "tests/unit/unit.h"

#include "scanner/campaign/run.h"

#include <stdlib.h>
#include <string.h>

static struct addr sent[LINK_BATCH_MAX];
static size_t n_sent;

static int send_frames(
	struct link *link, const struct link_frame *frames, size_t n, struct error *reterr)
{
	(void)link, (void)reterr;
	for (size_t i = 0; i < n; i++)
		sent[n_sent++] = frames[i].dst;
	return 0;
}

static int64_t now(struct link *link)
{
	(void)link;
	return 5;
}

static struct addr address(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return addr;
}

/* An IPv4 header alone, to an address, on an Ethernet or not. */
static void put(struct run *run, enum link_mode mode, const char *text, uint16_t type)
{
	struct link_frame *frame = &run->batch[run->n_batch++];
	size_t ip = mode == LINK_ETHERNET ? 14 : 0;
	const struct addr addr = address(text);

	run->reach->interfaces[0].mode = mode;
	frame->size = 60;
	memset(frame->bytes, 0, frame->size);
	frame->bytes[ip] = type == 0x0800 ? 0x45 : 0x55;
	memcpy(frame->bytes + ip + 16, addr.bytes, 4);
	if (ip) {
		frame->bytes[12] = (uint8_t)(type >> 8);
		frame->bytes[13] = (uint8_t)type;
	}
}

static struct link wire = {.send = send_frames, .now = now, .wall = now};

/* A run that may ask 198.18.0.0/24. */
static struct run *make_run(void)
{
	static struct scan_plan plan;
	static const struct campaign_options options;
	struct run *run = calloc(1, sizeof(*run));
	struct scope *scope = scope_new();
	struct addr base = address("198.18.0.0");
	struct cidr granted = cidr_of(&base, 24);

	assert_non_null(run);
	assert_int_equal(scope_grant(scope, &granted, 1, 0, 10, NULL), 0);
	plan.scope = scope;
	run->plan = &plan;
	run->o = &options;
	run->link = &wire;
	run->reach = calloc(1, sizeof(*run->reach));
	run->holes = addr_set_new();
	run->aim.excludes = addr_set_new();
	assert_true(run->reach && run->holes && run->aim.excludes);
	assert_int_equal(addr_set_seal((struct addr_set *)run->aim.excludes, NULL), 0);
	run->reach->n_interfaces = 1;
	n_sent = 0;
	return run;
}

static void free_run(struct run *run)
{
	scope_free((struct scope *)run->plan->scope);
	addr_set_free((struct addr_set *)run->aim.excludes);
	addr_set_free(run->holes);
	free(run->reach);
	free(run);
}

/* A frame in no known form is not sent, and is not taken for one to whom its place in the batch
 * was for before, who was looked at. */
static void test_unknown_frames(void **state)
{
	static const enum link_mode modes[] = {LINK_ETHERNET, LINK_IP};
	struct addr asked = address("198.18.0.7"), other = address("198.18.1.9");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		struct run *run = make_run();

		put(run, modes[i], "198.18.0.7", 0x0800);
		assert_int_equal(run_flush(run), 0);
		assert_int_equal(n_sent, 1);
		assert_true(addr_equal(&sent[0], &asked));
		assert_false(run->incomplete);
		put(run, modes[i], "198.18.0.8", 0x88cc);
		assert_int_equal(run_flush(run), 0);
		assert_int_equal(n_sent, 1);
		assert_int_equal(run->tally[TALLY_OUT_OF_SCOPE], 1);
		assert_true(run->incomplete); /* nothing is told as looked at */
		put(run, modes[i], "198.18.1.9", 0x0800);
		put(run, modes[i], "198.18.0.7", 0x0800);
		assert_int_equal(run_flush(run), 0);
		assert_int_equal(n_sent, 2);
		assert_int_equal(addr_set_seal(run->holes, NULL), 0);
		assert_int_equal(addr_set_count(run->holes), 1);
		assert_true(addr_set_has(run->holes, &other));
		free_run(run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_unknown_frames)};

	return RUN(tests);
}
