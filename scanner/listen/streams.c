/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: the first LISTEN_STREAM_SIZE bytes that a server sends on a connection, put in order
 * by sequence number (RFC 9293). Of bytes that come twice the first are kept. A fixed pool:
 * when none is free, the one taken longest ago is concluded with what it has.
 */
#include "scanner/listen/listener.h"

#include <string.h>

struct stream {
	struct stream_owner owner;
	int64_t first_us;
	const struct protocol *protocol;
	uint32_t size; /* in order from the first byte on */
	uint8_t bytes[LISTEN_STREAM_SIZE];
	uint8_t have[LISTEN_STREAM_SIZE / 8];
};

struct streams {
	uint32_t serials[LISTEN_STREAMS_MAX + 1];   /* whose each of the pool is; 0: free */
	uint32_t vacant[LISTEN_STREAMS_MAX];        /* a stack of free indexes */
	uint32_t room, n_vacant, next, serial;
	struct stream pool[]; /* room + 1: the first is never used; not cleared */
};

int streams_init(struct listener *l, struct error *reterr)
{
	const uint32_t room = l->options.room && l->options.room < LISTEN_STREAMS_MAX
				      ? l->options.room
				      : LISTEN_STREAMS_MAX;
	struct streams *s = malloc(sizeof(*s) + (room + 1) * sizeof(*s->pool));

	if (!s)
		return error_set(reterr, ERROR_SYSTEM, "cannot listen: no memory");
	memset(s, 0, sizeof(*s));
	for (uint32_t i = room; i > 0; i--)
		s->vacant[s->n_vacant++] = i;
	s->room = room;
	s->next = 1;
	l->streams = s;
	return 0;
}

void streams_free(struct streams *streams)
{
	free(streams);
}

static struct stream *stream_of(struct listener *l, struct stream_handle handle)
{
	struct streams *s = l->streams;

	return handle.index && s->serials[handle.index] == handle.serial
		       ? &s->pool[handle.index]
		       : NULL;
}

/* What no protocol reads may still be named. Later answers are then offered to the reader. */
static void name_stream(struct listener *l, struct stream *stream)
{
	const struct stream_owner *o = &stream->owner;
	const char *name =
		traffic_recognise(TRANSPORT_TCP, o->port, stream->bytes, stream->size);

	if (!name)
		return;
	relations_add(l, &o->client, &o->server, TRANSPORT_TCP, o->port, name);
	services_named(l, &o->server, TRANSPORT_TCP, o->port, name, stream->bytes, stream->size,
		stream->first_us);
	stream->protocol = protocol_by_name(name);
}

static void say_stream(struct listener *l, struct stream *stream)
{
	const struct stream_owner *o = &stream->owner;

	if (!stream->protocol && stream->size)
		stream->protocol =
			protocol_recognise(TRANSPORT_TCP, stream->bytes, stream->size);
	if (!stream->protocol) {
		name_stream(l, stream);
		return;
	}
	relations_add(
		l, &o->client, &o->server, TRANSPORT_TCP, o->port, stream->protocol->name);
	services_said(l, &o->server, o->port, stream->protocol, stream->bytes, stream->size,
		stream->first_us);
}

static struct stream *take_stream(
	struct listener *l, const struct stream_owner *owner, struct stream_handle *ret_handle)
{
	struct streams *s = l->streams;
	struct stream *stream;
	uint32_t index;

	if (s->n_vacant) {
		index = s->vacant[--s->n_vacant];
	} else {
		index = s->next;
		s->next = s->next % s->room + 1;
		say_stream(l, &s->pool[index]);
		l->counts.streams_evicted++;
	}
	stream = &s->pool[index];
	stream->owner = *owner;
	if (++s->serial == 0)
		s->serial = 1;
	s->serials[index] = s->serial;
	stream->first_us = l->now_us;
	stream->protocol = NULL;
	stream->size = 0;
	memset(stream->have, 0, sizeof(stream->have));
	*ret_handle = (struct stream_handle){index, s->serial};
	return stream;
}

void streams_conclude(
	struct listener *l, struct stream_handle handle, const struct protocol **ret_protocol)
{
	struct stream *stream = stream_of(l, handle);

	if (!stream)
		return;
	say_stream(l, stream);
	*ret_protocol = stream->protocol;
	l->streams->serials[handle.index] = 0;
	l->streams->vacant[l->streams->n_vacant++] = handle.index;
}

static bool has(const struct stream *stream, uint32_t i)
{
	return stream->have[i / 8] & 1u << i % 8;
}

/* Puts the segment where its sequence number says. */
static void store(struct stream *stream, const struct frame *f, uint32_t offset)
{
	for (size_t i = 0; i < f->payload_size && offset + i < LISTEN_STREAM_SIZE; i++) {
		uint32_t at = offset + (uint32_t)i;

		if (has(stream, at))
			continue;
		stream->bytes[at] = f->payload[i];
		stream->have[at / 8] |= (uint8_t)(1u << at % 8);
	}
	while (stream->size < LISTEN_STREAM_SIZE && has(stream, stream->size))
		stream->size++;
}

/* True if nothing is to be gained by waiting for more. */
static bool is_complete(struct stream *stream)
{
	const struct protocol *protocol = stream->protocol;
	long n;

	if (stream->size == LISTEN_STREAM_SIZE)
		return true;
	if (!protocol)
		protocol = protocol_recognise(TRANSPORT_TCP, stream->bytes, stream->size);
	stream->protocol = protocol;
	if (!protocol)
		return traffic_recognise(TRANSPORT_TCP, stream->owner.port, stream->bytes,
			       stream->size) != NULL;
	if (!protocol->complete)
		return false;
	n = protocol->complete(stream->bytes, stream->size);
	if (n < 0)
		stream->protocol = NULL;
	/* of a conversation the later answers are worth waiting for */
	return n > 0 && !protocol->next;
}

bool streams_data(struct listener *l, struct stream_handle *handle,
	const struct stream_owner *owner, const struct protocol **ret_protocol)
{
	uint32_t offset = l->frame->seq - owner->base;
	struct stream *stream = stream_of(l, *handle);
	uint32_t before;

	if (offset >= LISTEN_STREAM_SIZE)
		return false;
	if (!stream)
		stream = take_stream(l, owner, handle);
	before = stream->size;
	store(stream, l->frame, offset);
	if (stream->size == before || !is_complete(stream))
		return false;
	streams_conclude(l, *handle, ret_protocol);
	return true;
}
