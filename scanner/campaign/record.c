/* SPDX-License-Identifier: Apache-2.0 */
/* See record.h. Nothing is taken on trust: kinds and words are those that there are. */
#include "scanner/campaign/record.h"

#include <string.h>

_Static_assert(1 + 4 + 4 + 3 * 8 + TALLY_N * 8 <= RECORD_SIZE_MAX, "a mark fits");

static void put_addr(struct packer *p, const struct addr *addr)
{
	packer_u8(p, addr->family);
	packer_bytes(p, addr->bytes, addr->family == 4 ? 4 : 16);
}

static struct addr get_addr(struct cursor *c)
{
	uint8_t family = cursor_u8(c);
	const uint8_t *bytes = NULL;

	if (family == 4 || family == 6)
		bytes = cursor_bytes(c, family == 4 ? 4 : 16);
	if (!bytes) {
		cursor_fail(c);
		return (struct addr){0};
	}
	return addr_from_bytes(family, bytes);
}

static void put_mark(struct packer *p, const struct mark *mark)
{
	packer_be32(p, mark->pass);
	packer_be32(p, mark->round);
	packer_be64(p, mark->at);
	packer_be64(p, mark->walked);
	packer_be64(p, (uint64_t)mark->time_us);
	for (int i = 0; i < TALLY_N; i++)
		packer_be64(p, mark->tally[i]);
}

static void get_mark(struct cursor *c, struct mark *mark)
{
	mark->pass = cursor_be32(c);
	mark->round = cursor_be32(c);
	mark->at = cursor_be64(c);
	mark->walked = cursor_be64(c);
	mark->time_us = (int64_t)cursor_be64(c);
	for (int i = 0; i < TALLY_N; i++)
		mark->tally[i] = cursor_be64(c);
}

/* What an answer of its word has besides. */
static void put_more(struct packer *p, const struct answer *a)
{
	if (a->word == ANSWER_REFUSED) {
		packer_u8(p, (uint8_t)a->code);
		packer_u8(p, a->itself);
	} else if (a->word == ANSWER_NEIGHBOUR || a->word == ANSWER_HERE) {
		packer_bytes(p, a->mac.bytes, sizeof(a->mac.bytes));
		packer_u8(p, a->interface);
	} else if (a->word == ANSWER_STEP) {
		put_addr(p, &a->peer);
		packer_u8(p, (uint8_t)a->step);
	}
}

static void get_more(struct cursor *c, struct answer *a)
{
	const uint8_t *mac;

	if (a->word == ANSWER_REFUSED) {
		a->code = cursor_u8(c);
		a->itself = cursor_u8(c);
		if (a->code >= TALLY_N)
			cursor_fail(c);
	} else if (a->word == ANSWER_NEIGHBOUR || a->word == ANSWER_HERE) {
		mac = cursor_bytes(c, sizeof(a->mac.bytes));
		if (mac)
			memcpy(a->mac.bytes, mac, sizeof(a->mac.bytes));
		a->interface = cursor_u8(c);
	} else if (a->word == ANSWER_STEP) {
		a->peer = get_addr(c);
		a->step = cursor_u8(c);
		if (a->step > TRACE_BLOCKED)
			cursor_fail(c);
	}
}

static void put_answer(struct packer *p, const struct answer *a)
{
	packer_u8(p, (uint8_t)a->word);
	packer_u8(p, (uint8_t)a->kind);
	put_addr(p, &a->addr);
	packer_be16(p, a->port);
	packer_u8(p, a->ttl);
	packer_be64(p, (uint64_t)a->wall_us);
	put_more(p, a);
}

static void get_answer(struct cursor *c, struct answer *a)
{
	uint8_t word = cursor_u8(c), kind = cursor_u8(c);

	*a = (struct answer){.word = word, .kind = kind};
	if (word >= ANSWER_WORD_N || kind >= TEMPLATE_N)
		cursor_fail(c);
	a->addr = get_addr(c);
	a->port = cursor_be16(c);
	a->ttl = cursor_u8(c);
	a->wall_us = (int64_t)cursor_be64(c);
	get_more(c, a);
}

void record_put(struct packer *p, const struct record *record)
{
	packer_u8(p, (uint8_t)record->kind);
	switch (record->kind) {
	case RECORD_SWEEP:
		packer_be64(p, record->sweep.slots);
		packer_be32(p, record->sweep.kinds);
		packer_be64(p, (uint64_t)record->sweep.begun_us);
		break;
	case RECORD_MARK:
		put_mark(p, &record->mark);
		break;
	case RECORD_ANSWER:
		put_answer(p, &record->answer);
		break;
	case RECORD_HOLE:
		put_addr(p, &record->addr);
		break;
	case RECORD_OVER:
		packer_be64(p, (uint64_t)record->took_us);
		break;
	case RECORD_KIND_N:
		break;
	}
}

bool record_get(struct cursor *c, struct record *ret)
{
	ret->kind = cursor_u8(c);
	switch (ret->kind) {
	case RECORD_SWEEP:
		ret->sweep.slots = cursor_be64(c);
		ret->sweep.kinds = cursor_be32(c);
		ret->sweep.begun_us = (int64_t)cursor_be64(c);
		break;
	case RECORD_MARK:
		get_mark(c, &ret->mark);
		break;
	case RECORD_ANSWER:
		get_answer(c, &ret->answer);
		break;
	case RECORD_HOLE:
		ret->addr = get_addr(c);
		break;
	case RECORD_OVER:
		ret->took_us = (int64_t)cursor_be64(c);
		break;
	default:
		return false;
	}
	return cursor_ok(c);
}
