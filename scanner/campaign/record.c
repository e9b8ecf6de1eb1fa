/* SPDX-License-Identifier: Apache-2.0 */
/* See record.h. Nothing is taken on trust: kinds and words are those that there are. */
#include "scanner/campaign/record.h"

#include <string.h>

_Static_assert(1 + 4 + 4 + 1 + 6 * 8 + TALLY_N * 8 <= RECORD_SIZE_MAX, "a mark fits");

static int64_t get_time(struct cursor *c)
{
	int64_t us = (int64_t)cursor_be64(c);

	if (us < 0 || us > JOURNAL_TIME_MAX)
		cursor_fail(c);
	return us;
}

static size_t addr_size(uint8_t family)
{
	return family == 4 ? 4 : family == 6 ? 16 : 0;
}

void record_put_addr(struct packer *p, const struct addr *addr)
{
	packer_u8(p, addr->family);
	packer_bytes(p, addr->bytes, addr_size(addr->family));
}

struct addr record_get_any_addr(struct cursor *c)
{
	uint8_t family = cursor_u8(c);
	const uint8_t *bytes = cursor_bytes(c, addr_size(family));

	if (family && family != 4 && family != 6)
		cursor_fail(c);
	return bytes && addr_size(family) ? addr_from_bytes(family, bytes) : (struct addr){0};
}

static struct addr get_addr(struct cursor *c)
{
	struct addr addr = record_get_any_addr(c);

	if (!addr.family)
		cursor_fail(c);
	return addr;
}

void record_put_mac(struct packer *p, const struct mac *mac)
{
	packer_bytes(p, mac->bytes, sizeof(mac->bytes));
}

void record_get_mac(struct cursor *c, struct mac *ret)
{
	const uint8_t *bytes = cursor_bytes(c, sizeof(ret->bytes));

	if (bytes)
		memcpy(ret->bytes, bytes, sizeof(ret->bytes));
}

static void put_mark(struct packer *p, const struct mark *mark)
{
	packer_be32(p, mark->pass);
	packer_be32(p, mark->round);
	packer_be64(p, mark->at);
	packer_be64(p, mark->walked);
	packer_u8(p, mark->shaken);
	packer_be64(p, (uint64_t)mark->time_us);
	packer_be64(p, (uint64_t)mark->wall_us);
	packer_be64(p, mark->kernel_drops);
	packer_be64(p, mark->send_errors);
	for (int i = 0; i < TALLY_N; i++)
		packer_be64(p, mark->tally[i]);
}

static void get_mark(struct cursor *c, struct mark *mark)
{
	mark->pass = cursor_be32(c);
	mark->round = cursor_be32(c);
	mark->at = cursor_be64(c);
	mark->walked = cursor_be64(c);
	mark->shaken = cursor_u8(c) != 0;
	mark->time_us = get_time(c);
	mark->wall_us = get_time(c);
	mark->kernel_drops = cursor_be64(c);
	mark->send_errors = cursor_be64(c);
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
		record_put_mac(p, &a->mac);
		packer_u8(p, a->interface);
	} else if (a->word == ANSWER_STEP) {
		record_put_addr(p, &a->peer);
		packer_u8(p, (uint8_t)a->step);
	} else if (a->word == ANSWER_LOCAL) {
		record_put_mac(p, &a->mac);
		packer_u8(p, a->itself);
	}
}

static void get_more(struct cursor *c, struct answer *a)
{
	if (a->word == ANSWER_REFUSED) {
		a->code = cursor_u8(c);
		a->itself = cursor_u8(c);
		if (a->code >= TALLY_N)
			cursor_fail(c);
	} else if (a->word == ANSWER_NEIGHBOUR || a->word == ANSWER_HERE) {
		record_get_mac(c, &a->mac);
		a->interface = cursor_u8(c);
	} else if (a->word == ANSWER_STEP) {
		a->peer = get_addr(c);
		a->step = cursor_u8(c);
		if (a->step >= TRACE_WORD_N)
			cursor_fail(c);
	} else if (a->word == ANSWER_LOCAL) {
		record_get_mac(c, &a->mac);
		a->itself = cursor_u8(c) != 0;
	}
}

static bool has_stack(const struct answer *a)
{
	return a->word == ANSWER_OPEN && a->kind == TEMPLATE_SYN;
}

static void put_stack(struct packer *p, const struct stack *s)
{
	packer_u8(p, s->version);
	if (!s->version)
		return;
	packer_be16(p, s->mss);
	packer_be16(p, s->window);
	packer_be16(p, s->quirks);
	packer_u8(p, s->ttl);
	packer_u8(p, s->scale);
	packer_u8(p, s->padding);
	packer_u8(p, s->n_options);
	packer_bytes(p, s->options, s->n_options);
}

static void get_stack(struct cursor *c, struct stack *s)
{
	const uint8_t *options;

	memset(s, 0, sizeof(*s));
	s->version = cursor_u8(c);
	if (!s->version)
		return;
	s->mss = cursor_be16(c);
	s->window = cursor_be16(c);
	s->quirks = cursor_be16(c);
	s->ttl = cursor_u8(c);
	s->scale = cursor_u8(c);
	s->padding = cursor_u8(c);
	s->n_options = cursor_u8(c);
	if (s->n_options > STACK_OPTIONS_MAX)
		cursor_fail(c);
	options = cursor_bytes(c, s->n_options);
	if (options && cursor_ok(c))
		memcpy(s->options, options, s->n_options);
}

static void put_answer(struct packer *p, const struct answer *a)
{
	packer_u8(p, (uint8_t)a->word);
	packer_u8(p, (uint8_t)a->kind);
	record_put_addr(p, &a->addr);
	packer_be16(p, a->port);
	packer_u8(p, a->ttl);
	packer_be64(p, (uint64_t)a->wall_us);
	if (has_stack(a))
		put_stack(p, &a->stack);
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
	a->wall_us = get_time(c);
	if (has_stack(a))
		get_stack(c, &a->stack);
	get_more(c, a);
}

static void put_told(struct packer *p, const struct record *record)
{
	packer_be32(p, (uint32_t)record->told_size);
	packer_bytes(p, record->told, record->told_size);
}

static void get_told(struct cursor *c, struct record *record)
{
	record->told_size = cursor_be32(c);
	record->told = cursor_bytes(c, record->told_size);
}

void record_put_text(struct packer *p, const char *text)
{
	size_t size = text ? strlen(text) + 1 : 0;

	packer_be16(p, (uint16_t)size);
	packer_bytes(p, text ? text : "", size);
}

const char *record_get_text(struct cursor *c)
{
	size_t size = cursor_be16(c);
	const uint8_t *text = cursor_bytes(c, size);

	if (size == 0 || !text)
		return NULL;
	if (memchr(text, 0, size) != text + size - 1)
		cursor_fail(c);
	return (const char *)text;
}

static void put_sample(struct packer *p, const struct known_sample *sample)
{
	record_put_addr(p, &sample->addr);
	packer_u8(p, sample->round);
	packer_be32(p, sample->attempt);
	packer_be64(p, (uint64_t)sample->sent_us);
	packer_be64(p, (uint64_t)sample->heard_us);
	packer_be16(p, sample->id);
}

static void get_sample(struct cursor *c, struct known_sample *sample)
{
	sample->addr = get_addr(c);
	sample->round = cursor_u8(c);
	sample->attempt = cursor_be32(c);
	sample->sent_us = get_time(c);
	sample->heard_us = get_time(c);
	sample->id = cursor_be16(c);
}

static void put_agent(struct packer *p, const struct record *record)
{
	const struct walk_end *end = &record->agent.end;

	record_put_addr(p, &end->addr);
	packer_u8(p, (uint8_t)end->fate);
	packer_be32(p, end->requests);
	packer_be32(p, end->strangers);
	packer_u8(p, end->engine_size);
	packer_bytes(p, end->engine, end->engine_size);
	packer_u8(p, record->agent.spoke);
	packer_u8(p, record->agent.whole);
	record_put_text(p, record->agent.engine);
}

static void get_agent(struct cursor *c, struct record *record)
{
	struct walk_end *end = &record->agent.end;
	const uint8_t *engine;

	*end = (struct walk_end){.addr = get_addr(c)};
	end->fate = (enum walk_fate)cursor_u8(c);
	end->requests = cursor_be32(c);
	end->strangers = cursor_be32(c);
	end->engine_size = cursor_u8(c);
	engine = cursor_bytes(c, end->engine_size);
	if (end->fate >= WALK_FATE_N || end->engine_size > WALK_ENGINE_MAX)
		cursor_fail(c);
	else if (engine)
		memcpy(end->engine, engine, end->engine_size);
	record->agent.spoke = cursor_u8(c) != 0;
	record->agent.whole = cursor_u8(c);
	record->agent.engine = record_get_text(c);
}

static void put_named(struct packer *p, const struct reverse_asked *asked)
{
	record_put_addr(p, &asked->server);
	record_put_addr(p, &asked->addr);
	packer_u8(p, (uint8_t)asked->fate);
	packer_u8(p, asked->sent);
	packer_u8(p, asked->names);
}

static void get_named(struct cursor *c, struct reverse_asked *asked)
{
	asked->server = get_addr(c);
	asked->addr = get_addr(c);
	asked->fate = (enum reverse_fate)cursor_u8(c);
	asked->sent = cursor_u8(c);
	asked->names = cursor_u8(c);
	if (asked->fate >= REVERSE_FATE_N)
		cursor_fail(c);
}

/* The kinds that are for the questions of no sweep. */
static void put_known(struct packer *p, const struct record *record)
{
	if (record->kind == RECORD_SAMPLE)
		put_sample(p, &record->sample);
	else if (record->kind == RECORD_ROUND)
		packer_u8(p, record->round);
	else if (record->kind == RECORD_ROWS)
		record_put_addr(p, &record->addr);
	else if (record->kind == RECORD_AGENT)
		put_agent(p, record);
	else
		put_named(p, &record->named);
	if (record->kind >= RECORD_ROWS)
		put_told(p, record);
}

static void get_known(struct cursor *c, struct record *record)
{
	if (record->kind == RECORD_SAMPLE)
		get_sample(c, &record->sample);
	else if (record->kind == RECORD_ROUND)
		record->round = cursor_u8(c);
	else if (record->kind == RECORD_ROWS)
		record->addr = get_addr(c);
	else if (record->kind == RECORD_AGENT)
		get_agent(c, record);
	else
		get_named(c, &record->named);
	if (record->kind >= RECORD_ROWS)
		get_told(c, record);
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
		record_put_addr(p, &record->hole.first);
		record_put_addr(p, &record->hole.last);
		break;
	case RECORD_OVER:
		packer_be64(p, (uint64_t)record->took_us);
		break;
	case RECORD_GREETED:
		record_put_addr(p, &record->greeted.addr);
		packer_u8(p, record->greeted.transport);
		packer_be16(p, record->greeted.port);
		put_told(p, record);
		break;
	case RECORD_STATION:
	case RECORD_NEIGHBOUR:
		record_put_mac(p, &record->mac);
		put_told(p, record);
		break;
	case RECORD_ALIASES:
		put_told(p, record);
		break;
	case RECORD_SAMPLE:
	case RECORD_ROUND:
	case RECORD_ROWS:
	case RECORD_AGENT:
	case RECORD_NAMED:
		put_known(p, record);
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
		ret->sweep.begun_us = get_time(c);
		break;
	case RECORD_MARK:
		get_mark(c, &ret->mark);
		break;
	case RECORD_ANSWER:
		get_answer(c, &ret->answer);
		break;
	case RECORD_HOLE:
		ret->hole.first = get_addr(c);
		ret->hole.last = get_addr(c);
		if (ret->hole.first.family != ret->hole.last.family ||
			addr_compare(&ret->hole.first, &ret->hole.last) > 0)
			cursor_fail(c);
		break;
	case RECORD_OVER:
		ret->took_us = get_time(c);
		break;
	case RECORD_GREETED:
		ret->greeted.addr = get_addr(c);
		ret->greeted.transport = cursor_u8(c);
		ret->greeted.port = cursor_be16(c);
		get_told(c, ret);
		break;
	case RECORD_STATION:
	case RECORD_NEIGHBOUR:
		record_get_mac(c, &ret->mac);
		get_told(c, ret);
		break;
	case RECORD_ALIASES:
		get_told(c, ret);
		break;
	case RECORD_SAMPLE:
	case RECORD_ROUND:
	case RECORD_ROWS:
	case RECORD_AGENT:
	case RECORD_NAMED:
		get_known(c, ret);
		break;
	default:
		return false;
	}
	return cursor_ok(c);
}

/* ---- observations ------------------------------------------------------------------------ */

void record_put_observation(struct packer *p, const struct observation *obs)
{
	packer_u8(p, (uint8_t)obs->kind);
	packer_u8(p, (uint8_t)obs->method);
	packer_be64(p, (uint64_t)obs->time_us);
	record_put_addr(p, &obs->addr);
	record_put_addr(p, &obs->peer);
	record_put_mac(p, &obs->mac);
	packer_u8(p, (uint8_t)obs->transport);
	packer_be16(p, obs->port);
	packer_u8(p, obs->ttl);
	record_put_text(p, obs->protocol);
	packer_u8(p, (uint8_t)obs->n_attributes);
	for (size_t i = 0; i < obs->n_attributes; i++) {
		record_put_text(p, obs->attributes[i].name);
		record_put_text(p, obs->attributes[i].value);
	}
	packer_be16(p, (uint16_t)obs->raw_size);
	packer_bytes(p, obs->raw, obs->raw_size);
}

bool record_get_observation(
	struct cursor *c, struct attribute *attributes, struct observation *ret)
{
	uint8_t kind = cursor_u8(c), method = cursor_u8(c);

	*ret = (struct observation){.kind = kind, .method = method, .attributes = attributes};
	ret->time_us = get_time(c);
	ret->addr = record_get_any_addr(c);
	ret->peer = record_get_any_addr(c);
	record_get_mac(c, &ret->mac);
	if (!observation_has_subject(ret))
		cursor_fail(c);
	ret->transport = cursor_u8(c);
	ret->port = cursor_be16(c);
	ret->ttl = cursor_u8(c);
	ret->protocol = record_get_text(c);
	ret->n_attributes = cursor_u8(c);
	if (kind >= OBSERVATION_KIND_N || method >= OBSERVATION_METHOD_N ||
		ret->n_attributes > OBSERVATION_ATTRIBUTES_MAX)
		cursor_fail(c);
	for (size_t i = 0; cursor_ok(c) && i < ret->n_attributes; i++) {
		attributes[i].name = record_get_text(c);
		attributes[i].value = record_get_text(c);
		if (!attributes[i].name || !attributes[i].value)
			cursor_fail(c);
	}
	ret->raw_size = cursor_be16(c);
	ret->raw = cursor_bytes(c, ret->raw_size);
	return cursor_ok(c);
}
