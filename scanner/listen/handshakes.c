/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the TCP stack of a host looks like, by the SYNs it opens connections with and the
 * SYN-ACKs it accepts them with: each is told as a fact of its own, as they differ. The one
 * that says most is told, whichever came first; of those that cannot be of the same system the
 * one that says most is told beside it, as a hint that several machines stand behind the
 * address, and from then on who it may be is less sure. Nothing is concluded about whose the
 * address is.
 */
#include "scanner/listen/listener.h"

#include "scanner/fingerprint/stack.h"

#include <string.h>

/* Of one kind: what says most of all, and of what differs from it; version 0: none. */
struct heard {
	int64_t first_us;
	struct stack stacks[2];
};

struct host_stacks {
	struct heard kinds[STACK_KIND_N];
};

static void keep_stack(struct stack kept[2], const struct stack *stack)
{
	bool differs = kept[0].version && stack_differs(stack, &kept[0]);

	if (!kept[0].version || stack_compare(stack, &kept[0]) < 0) {
		if (differs)
			kept[1] = kept[0];
		else if (kept[1].version && !stack_differs(stack, &kept[1]))
			memset(&kept[1], 0, sizeof(kept[1]));
		kept[0] = *stack;
	} else if (differs && (!kept[1].version || stack_compare(stack, &kept[1]) < 0)) {
		kept[1] = *stack;
	}
}

static void say(struct listener *l, const struct addr *addr, enum stack_kind kind,
	const struct heard *heard, const struct stack *other)
{
	static const char *const sources[STACK_KIND_N] = {
		[STACK_REQUEST] = "stack.request", [STACK_RESPONSE] = "stack.response"};
	struct observation obs = statement_of(l, OBSERVATION_FACT, addr);
	const struct stacks *list = l->options.stacks;
	char text[STACK_TEXT_MAX], other_text[STACK_TEXT_MAX];
	bool weak = false;
	const char *family = list ? stacks_match(list, kind, &heard->stacks[0], &weak) : NULL;
	struct attribute attributes[5] = {
		{"stack.signature", stack_format(&heard->stacks[0], text)},
		{"source", sources[kind]}};

	obs.n_attributes = 2;
	if (other)
		attributes[obs.n_attributes++] =
			(struct attribute){"stack.other", stack_format(other, other_text)};
	if (family) {
		attributes[obs.n_attributes++] = (struct attribute){"stack.family", family};
		attributes[obs.n_attributes++] = (struct attribute){
			"stack.certainty", weak || other ? STACK_LESS_SURE : STACK_SURE};
	}
	obs.time_us = heard->first_us;
	obs.attributes = attributes;
	statement_say(l, &obs);
}

/* Of the two kinds only the TTL can be held against each other: what is answered depends on
 * what was asked. */
static bool kinds_differ(const struct stack *a, const struct stack *b)
{
	return a->version && b->version && stack_ttl_differs(a, b);
}

static void say_stacks(void *context, const void *key, void *value)
{
	struct host_stacks *host = value;

	for (size_t i = 0; i < STACK_KIND_N; i++) {
		const struct heard *heard = &host->kinds[i];
		const struct stack *other = &heard->stacks[1],
				   *across = &host->kinds[!i].stacks[0];

		if (!heard->stacks[0].version)
			continue;
		if (!other->version)
			other = kinds_differ(&heard->stacks[0], across) ? across : NULL;
		say(context, key, (enum stack_kind)i, heard, other);
	}
}

int handshakes_init(struct listener *l, struct error *reterr)
{
	return part_table(l, LISTEN_HOSTS_MAX, sizeof(struct addr), sizeof(struct host_stacks),
		say_stacks, &l->handshakes, reterr);
}

void handshakes_heard(struct listener *l)
{
	const struct frame *f = l->frame;
	struct host_stacks *host = table_find(l->handshakes, &f->src);
	struct heard *heard;
	struct stack stack;

	if (!host)
		host = table_add(l->handshakes, &f->src);
	heard = &host->kinds[f->tcp_flags & FRAME_ACK ? STACK_RESPONSE : STACK_REQUEST];
	stack_of(f, &stack);
	if (!heard->first_us)
		heard->first_us = l->now_us;
	keep_stack(heard->stacks, &stack);
}

void handshakes_finish(struct listener *l)
{
	table_cursor cursor = 0;
	const void *key;
	void *value;

	while (table_walk(l->handshakes, &cursor, &key, &value))
		say_stacks(l, key, value);
}
