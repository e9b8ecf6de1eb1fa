/* SPDX-License-Identifier: Apache-2.0 */
/* A listener under test: frames put together here go in, statements come out as lines of text.
 */
#ifndef TESTS_UNIT_SCANNER_LISTEN_TALK_H
#define TESTS_UNIT_SCANNER_LISTEN_TALK_H

#include "tests/unit/unit.h"

#include "common/packer.h"
#include "scanner/listen/listener.h"

#include <stdio.h>

struct talk {
	struct listener *listener;
	struct str said; /* one statement a line */
	uint64_t observations;
	int64_t time_us;
	uint8_t frame[4096];
	struct packer p;
	size_t transport; /* where the IP payload begins */
	struct observation_sink sink;
	bool silent; /* counts, and writes nothing down */
};

static inline int talk_take(void *context, const struct observation *obs, struct error *reterr)
{
	struct talk *t = context;
	char text[ADDR_TEXT_MAX];

	(void)reterr;
	t->observations++;
	if (t->silent)
		return 0;
	str_addf(&t->said, "%s %s", observation_kind_name(obs->kind),
		addr_format(&obs->addr, text));
	if (obs->peer.family)
		str_addf(&t->said, ">%s", addr_format(&obs->peer, text));
	if (!mac_is_zero(&obs->mac))
		str_addf(&t->said, " %s", mac_format(&obs->mac, text));
	if (obs->port)
		str_addf(&t->said, " %s/%u", transport_name(obs->transport), obs->port);
	if (obs->protocol)
		str_addf(&t->said, " %s", obs->protocol);
	for (size_t i = 0; i < obs->n_attributes; i++)
		str_addf(&t->said, " %s=%s", obs->attributes[i].name, obs->attributes[i].value);
	str_adds(&t->said, "\n");
	return 0;
}

static inline void talk_begin(struct talk *t)
{
	const struct listen_options options = {.seed = 1};

	*t = (struct talk){.said = STR_INIT(64u * 1024 * 1024), .time_us = 1000000};
	t->sink = (struct observation_sink){talk_take, t};
	assert_int_equal(listener_new(&options, &t->sink, &t->listener, NULL), 0);
}

static inline void talk_check_counts(const struct talk *t)
{
	const struct listen_counts *c = &t->listener->counts;

	assert_int_equal(c->frames, c->taken + c->unread + c->martian + c->over_budget +
					    c->truncated + c->malformed + c->unknown_link);
	assert_int_equal(c->messages, c->messages_read + c->messages_refused);
	assert_int_equal(
		c->statements, c->observations + c->repeated + c->over_limit + c->unplaced);
	assert_int_equal(c->observations, t->observations);
}

static inline void talk_end(struct talk *t)
{
	assert_int_equal(listener_finish(t->listener, NULL), 0);
	talk_check_counts(t);
}

static inline void talk_free(struct talk *t)
{
	listener_free(t->listener);
	str_done(&t->said);
}

static inline int talk_setup(void **state)
{
	talk_begin(*state);
	return 0;
}

static inline int talk_teardown(void **state)
{
	talk_free(*state);
	return 0;
}

/* A test that has the talk anew. */
#define TALK_TEST(f, talk) \
	cmocka_unit_test_prestate_setup_teardown(f, talk_setup, talk_teardown, talk)

/* True if the line was said, as a whole. */
static inline bool talk_said(const struct talk *t, const char *line)
{
	size_t n = strlen(line);
	const char *at = t->said.data;

	while ((at = strstr(at, line))) {
		if ((at == t->said.data || at[-1] == '\n') && at[n] == '\n')
			return true;
		at++;
	}
	return false;
}

static inline bool talk_mentions(const struct talk *t, const char *text)
{
	return strstr(t->said.data, text) != NULL;
}

static inline struct addr talk_addr(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return addr;
}

/* Starts an Ethernet frame; MACs by their last byte. */
static inline void talk_ethernet(struct talk *t, uint8_t src, uint8_t dst, uint16_t type)
{
	t->p = packer_of(t->frame, sizeof(t->frame));
	packer_be32(&t->p, 0x02000000);
	packer_be16(&t->p, dst);
	packer_be32(&t->p, 0x02000000);
	packer_be16(&t->p, src);
	packer_be16(&t->p, type);
}

static inline void talk_ip(struct talk *t, uint8_t mac, const struct addr *src,
	const struct addr *dst, uint8_t protocol, uint8_t ttl)
{
	talk_ethernet(t, mac, 0xfe, src->family == 4 ? 0x0800 : 0x86dd);
	if (src->family == 4) {
		packer_be32(&t->p, 0x45000000); /* length: the rest */
		packer_be32(&t->p, 0);
		packer_u8(&t->p, ttl);
		packer_u8(&t->p, protocol);
		packer_be16(&t->p, 0);
		packer_bytes(&t->p, src->bytes, 4);
		packer_bytes(&t->p, dst->bytes, 4);
	} else {
		packer_be32(&t->p, 0x60000000);
		packer_be16(&t->p, 0);
		packer_u8(&t->p, protocol);
		packer_u8(&t->p, ttl);
		packer_bytes(&t->p, src->bytes, 16);
		packer_bytes(&t->p, dst->bytes, 16);
	}
	t->transport = t->p.pos;
}

/* Hands the frame over. */
static inline void talk_send(struct talk *t)
{
	assert_true(packer_ok(&t->p));
	t->time_us += 1000;
	assert_int_equal(listener_frame(t->listener, FRAME_LINK_ETHERNET, t->frame, t->p.pos,
				 t->time_us, NULL),
		0);
}

/* One end of a conversation. */
struct end {
	const char *addr;
	uint16_t port;
	uint8_t mac, ttl;
};

static inline void talk_tcp(struct talk *t, const struct end *from, const struct end *to,
	uint8_t flags, uint32_t seq, uint32_t ack, const void *payload, size_t size)
{
	struct addr src = talk_addr(from->addr), dst = talk_addr(to->addr);

	talk_ip(t, from->mac, &src, &dst, 6, from->ttl);
	packer_be16(&t->p, from->port);
	packer_be16(&t->p, to->port);
	packer_be32(&t->p, seq);
	packer_be32(&t->p, ack);
	packer_be16(&t->p, (uint16_t)(0x5000 | flags));
	packer_zero(&t->p, 6);
	packer_bytes(&t->p, payload, size);
	talk_send(t);
}

static inline void talk_udp(struct talk *t, const struct end *from, const struct end *to,
	const void *payload, size_t size)
{
	struct addr src = talk_addr(from->addr), dst = talk_addr(to->addr);

	talk_ip(t, from->mac, &src, &dst, 17, from->ttl);
	packer_be16(&t->p, from->port);
	packer_be16(&t->p, to->port);
	packer_be16(&t->p, (uint16_t)(8 + size));
	packer_be16(&t->p, 0);
	packer_bytes(&t->p, payload, size);
	talk_send(t);
}

static inline void talk_arp(struct talk *t, uint8_t mac, const char *sender, const char *target)
{
	struct addr src = talk_addr(sender), dst = talk_addr(target);

	talk_ethernet(t, mac, 0xff, 0x0806);
	packer_be64(&t->p, 0x0001080006040001);
	packer_be32(&t->p, 0x02000000);
	packer_be16(&t->p, mac);
	packer_bytes(&t->p, src.bytes, 4);
	packer_zero(&t->p, 6);
	packer_bytes(&t->p, dst.bytes, 4);
	talk_send(t);
}

#endif
