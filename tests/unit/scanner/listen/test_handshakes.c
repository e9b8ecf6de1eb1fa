/* SPDX-License-Identifier: Apache-2.0 */
/* What TCP stacks look like to the listener: told once of each host and kind, whatever came
 * first; what cannot be of one system is told beside it. */
#include "tests/unit/scanner/listen/talk.h"

#define LINUX 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 1, 3, 3, 7
#define WINDOWS 2, 4, 5, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2
#define APPLE 2, 4, 5, 0xb4, 1, 3, 3, 6, 1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 4, 2, 0, 0
#define LINUX_SIGNATURE "4:64:0:1460:64240,7:mss,sok,ts,nop,ws:df,id+:0"
#define WINDOWS_SIGNATURE "4:128:0:1460:64240,8:mss,nop,ws,nop,nop,sok:df,id+:0"
#define APPLE_SIGNATURE "4:64:0:1460:64240,6:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+:0"

static const uint8_t linux_syn[] = {LINUX}, windows_syn[] = {WINDOWS}, apple_syn[] = {APPLE},
		     bare_syn[] = {2, 4, 5, 0xb4};
/* All that is usual, least in order of bytes, and a time stamp without its time. */
static const uint8_t bad_syn[] = {
	2, 4, 0, 0, 1, 3, 3, 0, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 1, 1};
static const struct end client = {"198.18.0.2", 50000, 2, 64},
			server = {"198.18.0.1", 22, 1, 64};
static struct talk t;

/* One segment of a handshake; everybody's window is 64240, and everybody sets DF. */
static void segment(const struct end *from, const struct end *to, uint8_t ttl, uint8_t flags,
	uint32_t seq, const uint8_t *options, size_t size)
{
	struct addr src = talk_addr(from->addr), dst = talk_addr(to->addr);

	talk_ip(&t, from->mac, &src, &dst, 6, ttl);
	if (src.family == 4) {
		t.frame[14 + 5] = 9;
		t.frame[14 + 6] = 0x40;
	}
	packer_be16(&t.p, from->port);
	packer_be16(&t.p, to->port);
	packer_be32(&t.p, seq);
	packer_be32(&t.p, flags & FRAME_ACK ? 77 : 0);
	packer_be16(&t.p, (uint16_t)((5 + size / 4) << 12 | flags));
	packer_be16(&t.p, 64240);
	packer_zero(&t.p, 4);
	packer_bytes(&t.p, options, size);
	talk_send(&t);
}

#define SYN_OF(from, ttl, options) \
	segment(from, &server, ttl, FRAME_SYN, 1000, options, sizeof(options))
#define SYN_ACK_OF(to, ttl, options) \
	segment(&server, to, ttl, FRAME_SYN | FRAME_ACK, 5000, options, sizeof(options))

static unsigned int facts(void)
{
	unsigned int n = 0;

	for (const char *at = t.said.data; (at = strstr(at, "stack.signature=")); at++)
		n++;
	return n;
}

static void both_ends(void **state)
{
	(void)state;
	SYN_OF(&client, 63, linux_syn);
	SYN_ACK_OF(&client, 60, linux_syn);
	talk_end(&t);
	assert_true(talk_said(&t,
		"fact 198.18.0.2 stack.signature=" LINUX_SIGNATURE " source=stack.request"));
	assert_true(talk_said(&t,
		"fact 198.18.0.1 stack.signature=" LINUX_SIGNATURE " source=stack.response"));
	assert_int_equal(facts(), 2);
}

/* However many connections there are, in whatever order: of those of one system the one that
 * says most. */
static void told_once(void **state)
{
	static const uint8_t plain[] = {2, 4, 5, 0xb4, 1, 1, 4, 2, 1, 3, 3, 7};
	struct end again = client;

	(void)state;
	for (int turn = 0; turn < 6; turn++) {
		again.port++;
		SYN_OF(&again, 64, bare_syn);
		SYN_ACK_OF(&again, 64, bare_syn);
		again.port++;
		if (turn % 2)
			SYN_OF(&again, 64, linux_syn);
		SYN_ACK_OF(&again, 64, plain);
		again.port++;
		SYN_OF(&again, 255, plain); /* a TTL that the program chose */
	}
	talk_end(&t);
	assert_true(talk_said(&t,
		"fact 198.18.0.2 stack.signature=" LINUX_SIGNATURE " source=stack.request"));
	assert_true(talk_said(&t,
		"fact 198.18.0.1 stack.signature="
		"4:64:0:1460:64240,7:mss,nop,nop,sok,nop,ws:df,id+:0 source=stack.response"));
	assert_int_equal(facts(), 2);
}

/* Behind address translation: told as another, and neither as a host of its own nor as a
 * key. */
static void two_behind_one_address(void **state)
{
	struct end again = client;

	(void)state;
	for (int order = 0; order < 2; order++) {
		if (order)
			talk_begin(&t);
		SYN_OF(&client, 127, windows_syn);
		again.port++;
		SYN_OF(&again, 63, linux_syn);
		again.port++;
		SYN_OF(&again, 127, windows_syn);
		talk_end(&t);
		assert_true(
			talk_said(&t, "fact 198.18.0.2 stack.signature=" LINUX_SIGNATURE
				      " source=stack.request stack.other=" WINDOWS_SIGNATURE));
		assert_int_equal(facts(), 1);
		assert_int_equal(t.observations, 2); /* and that it was heard */
		assert_false(talk_mentions(&t, "key "));
		if (order == 0)
			talk_free(&t);
	}
}

/* Six orders, and what is malformed before, between or behind: the same is told. */
static void three_behind_one_address(void **state)
{
	static const struct {
		const uint8_t *options;
		uint8_t size, ttl;
	} kinds[] = {{linux_syn, sizeof(linux_syn), 64},
		{windows_syn, sizeof(windows_syn), 128}, {apple_syn, sizeof(apple_syn), 64},
		{bad_syn, sizeof(bad_syn), 64}};
	static const uint8_t orders[][3] = {
		{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	struct end again = client;

	(void)state;
	for (size_t turn = 0; turn < 5 * ARRAY_SIZE(orders); turn++) {
		const uint8_t *order = orders[turn % ARRAY_SIZE(orders)];
		size_t bad_at = turn / ARRAY_SIZE(orders); /* 4: nowhere */

		if (turn) {
			talk_free(&t);
			talk_begin(&t);
		}
		for (size_t i = 0, k = 0; i < 4; i++) {
			size_t kind = i == bad_at ? 3 : k < 3 ? order[k++] : 0;

			again.port++;
			segment(&again, &server, kinds[kind].ttl, FRAME_SYN, 1000,
				kinds[kind].options, kinds[kind].size);
		}
		talk_end(&t);
		assert_true(
			talk_said(&t, "fact 198.18.0.2 stack.signature=" APPLE_SIGNATURE
				      " source=stack.request stack.other=" LINUX_SIGNATURE));
		assert_int_equal(facts(), 1);
	}
}

/* Malformed ones are told where there is nothing else, and are no other system of what is well
 * formed. */
static void what_is_malformed(void **state)
{
	struct end again = client;

	(void)state;
	segment(&client, &server, 128, FRAME_SYN, 1000, bad_syn, sizeof(bad_syn));
	again.port++;
	SYN_OF(&again, 64, linux_syn);
	again.port++;
	segment(&again, &server, 128, FRAME_SYN, 1000, bad_syn, sizeof(bad_syn));
	segment(&server, &client, 128, FRAME_SYN | FRAME_ACK, 5000, bad_syn, sizeof(bad_syn));
	segment(&(struct end){"198.18.0.1", 40000, 1, 64},
		&(struct end){"198.18.0.9", 80, 9, 64}, 64, FRAME_SYN, 1000, linux_syn,
		sizeof(linux_syn));
	talk_end(&t);
	assert_true(talk_said(&t,
		"fact 198.18.0.2 stack.signature=" LINUX_SIGNATURE " source=stack.request"));
	assert_true(talk_said(&t,
		"fact 198.18.0.1 stack.signature=" LINUX_SIGNATURE " source=stack.request"));
	assert_true(talk_mentions(&t, ",bad,ts1-:0 source=stack.response"));
	assert_false(talk_mentions(&t, "stack.other"));
}

/* A port that is passed on to a machine behind: what asks and what answers differ by their TTL
 * alone. */
static void asking_and_answering_differ(void **state)
{
	const struct end elsewhere = {"198.18.0.9", 80, 9, 64},
			 asker = {"198.18.0.1", 40000, 1, 64};

	(void)state;
	segment(&asker, &elsewhere, 63, FRAME_SYN, 1000, linux_syn, sizeof(linux_syn));
	SYN_ACK_OF(&client, 127, windows_syn);
	talk_end(&t);
	assert_true(talk_said(&t, "fact 198.18.0.1 stack.signature=" LINUX_SIGNATURE
				  " source=stack.request stack.other=" WINDOWS_SIGNATURE));
	assert_true(talk_said(&t, "fact 198.18.0.1 stack.signature=" WINDOWS_SIGNATURE
				  " source=stack.response stack.other=" LINUX_SIGNATURE));
}

/* Neither is a connection: a SYN that ends at once, a refusal; nor is what repeats an answer
 * counted again. */
static void what_is_no_handshake(void **state)
{
	(void)state;
	segment(&client, &server, 64, FRAME_SYN | FRAME_FIN, 1, linux_syn, sizeof(linux_syn));
	segment(&client, &server, 64, FRAME_SYN | FRAME_RST, 1, linux_syn, sizeof(linux_syn));
	segment(&server, &client, 64, FRAME_ACK | FRAME_RST, 1, linux_syn, sizeof(linux_syn));
	assert_int_equal(table_size(t.listener->handshakes), 0);
	SYN_ACK_OF(&client, 64, linux_syn);
	SYN_ACK_OF(&client, 128,
		windows_syn); /* the same sequence number: said again, by whomever */
	talk_end(&t);
	assert_int_equal(facts(), 1);
	assert_false(talk_mentions(&t, "stack.other"));
}

static void of_the_users_list(void **state)
{
	char list[] = "[tcp:request]\nlabel = s:unix:Penguin:3\nsig = "
		      "*:64:0:*:mss*44,7:mss,sok,ts,nop,ws:df,id+:0\n"
		      "label = s:win:Panes:\nsig = *:128:0:*:*,*:mss,nop,ws,nop,nop,sok:df:0\n"
		      "[tcp:response]\nlabel = g:unix:Server:\nsig = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0\n";
	const struct end panes = {"198.18.0.3", 50000, 3, 128},
			 both = {"198.18.0.4", 50000, 4, 64};
	struct end again = both;
	struct stacks *stacks = NULL;

	(void)state;
	assert_int_equal(stacks_parse(list, &stacks, NULL), 0);
	t.listener->options.stacks = stacks;
	SYN_OF(&client, 64, linux_syn);
	SYN_ACK_OF(&client, 64, linux_syn);
	SYN_OF(&panes, 128, windows_syn); /* its id is more than the list has */
	SYN_OF(&both, 64, linux_syn);
	again.port++;
	SYN_OF(&again, 128, windows_syn);
	talk_end(&t);
	assert_true(
		talk_said(&t, "fact 198.18.0.2 stack.signature=" LINUX_SIGNATURE
			      " source=stack.request stack.family=Penguin stack.certainty=1"));
	assert_true(talk_said(&t,
		"fact 198.18.0.1 stack.signature=" LINUX_SIGNATURE
		" source=stack.response stack.family=Server stack.certainty=0.5"));
	assert_true(talk_said(&t,
		"fact 198.18.0.3 stack.signature=" WINDOWS_SIGNATURE " source=stack.request"));
	assert_true(talk_said(&t, "fact 198.18.0.4 stack.signature=" LINUX_SIGNATURE
				  " source=stack.request stack.other=" WINDOWS_SIGNATURE
				  " stack.family=Penguin stack.certainty=0.5"));
	stacks_free(stacks);
}

static void over_ipv6(void **state)
{
	const struct end asks = {"2001:db8::2", 50000, 2, 64},
			 answers = {"2001:db8::1", 443, 1, 64};

	(void)state;
	segment(&asks, &answers, 64, FRAME_SYN, 1000, linux_syn, sizeof(linux_syn));
	talk_end(&t);
	assert_true(
		talk_said(&t, "fact 2001:db8::2 stack.signature="
			      "6:64:0:1460:64240,7:mss,sok,ts,nop,ws::0 source=stack.request"));
}

int main(void)
{
#define TEST(f) TALK_TEST(f, &t)
	const struct CMUnitTest tests[] = {TEST(both_ends), TEST(told_once),
		TEST(two_behind_one_address), TEST(three_behind_one_address),
		TEST(what_is_malformed), TEST(asking_and_answering_differ),
		TEST(what_is_no_handshake), TEST(of_the_users_list), TEST(over_ipv6)};

	return RUN(tests);
}
