/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows: who serves and who asks, and which bytes are the server's first. A SYN-ACK tells it
 * for TCP. A stream that was joined midway, and a datagram, tell it only if what they carry is
 * of a protocol that has the sender's port for its own. References: RFC 9293, RFC 768.
 */
#include "scanner/listen/listener.h"

#include <string.h>

enum {
	MIDWAY_TRIES = 4,  /* segments of each side looked at in a stream joined midway */
	LATER_TRIES = 255, /* further answers looked at, after the first bytes */
	PORT_SYSTEM_MAX = 1023,
};

struct flow_key {
	struct addr addr[2]; /* the lower end first */
	uint16_t port[2];
	uint8_t transport;
};

struct flow {
	bool told;       /* server is known */
	bool first_done; /* its first bytes are read */
	uint8_t server;  /* 0 or 1, an index of the key's */
	uint8_t first;   /* UDP: who sent first */
	bool begun;
	uint8_t tries[2], later;
	struct stream_handle stream;
	uint32_t base, client_base; /* sequence numbers of the first bytes */
	const struct protocol *protocol;
};

static void evict_flow(void *context, const void *key, void *value)
{
	struct flow *flow = value;

	(void)key;
	streams_conclude(context, flow->stream, &flow->protocol);
}

int flows_init(struct listener *l, struct error *reterr)
{
	int r = part_table(l, LISTEN_FLOWS_MAX, sizeof(struct flow_key), sizeof(struct flow),
		evict_flow, &l->flows, reterr);

	return r < 0 ? r : streams_init(l, reterr);
}

/* The flow of the frame at hand; ret_side: which end of it sent the frame. */
static struct flow *flow_at(struct listener *l, enum transport transport, uint8_t *ret_side)
{
	const struct frame *f = l->frame;
	struct flow_key key;
	struct flow *flow;
	int order = addr_compare(&f->src, &f->dst);
	bool swapped = order ? order > 0 : f->src_port > f->dst_port;

	memset(&key, 0, sizeof(key));
	key.addr[swapped] = f->src;
	key.addr[!swapped] = f->dst;
	key.port[swapped] = f->src_port;
	key.port[!swapped] = f->dst_port;
	key.transport = (uint8_t)transport;
	*ret_side = swapped;
	flow = table_find(l->flows, &key);
	return flow ? flow : table_add(l->flows, &key);
}

/* The frame came from a server; its port is open, and its peer is a client. */
static void serve(struct listener *l, struct flow *flow, uint8_t side, uint32_t base,
	const char *protocol)
{
	const struct frame *f = l->frame;
	enum transport transport = f->kind == FRAME_TCP ? TRANSPORT_TCP : TRANSPORT_UDP;

	flow->told = true;
	flow->server = side;
	flow->base = base;
	flow->first_done = protocol != NULL;
	services_open(l, &f->src, transport, f->src_port);
	relations_add(l, &f->dst, &f->src, transport, f->src_port, protocol);
}

static void read_segment(struct listener *l, const struct protocol *protocol)
{
	const struct frame *f = l->frame;

	services_said(
		l, &f->src, f->src_port, protocol, f->payload, f->payload_size, l->now_us);
}

/* A segment of a stream whose beginning was not seen. */
static void join_midway(struct listener *l, struct flow *flow, uint8_t side)
{
	const struct frame *f = l->frame;
	const struct protocol *protocol;
	const char *name;

	if (flow->tries[side] == MIDWAY_TRIES)
		return;
	flow->tries[side]++;
	protocol = services_match(TRANSPORT_TCP, f->src_port, f->payload, f->payload_size);
	if (protocol &&
		(!protocol->complete || protocol->complete(f->payload, f->payload_size) >= 0)) {
		serve(l, flow, side, f->seq, protocol->name);
		flow->protocol = protocol;
		read_segment(l, protocol);
		return;
	}
	name = traffic_recognise(TRANSPORT_TCP, f->src_port, f->payload, f->payload_size);
	if (!name)
		return;
	serve(l, flow, side, f->seq, name);
	flow->protocol = protocol_by_name(name);
	services_named(l, &f->src, TRANSPORT_TCP, f->src_port, name, f->payload,
		f->payload_size, l->now_us);
}

/* After the first bytes: an answer that is whole in one segment may tell more. */
static void read_later(struct listener *l, struct flow *flow)
{
	const struct frame *f = l->frame;
	const struct protocol *protocol = flow->protocol;

	if (!protocol || !protocol->complete || flow->later == LATER_TRIES)
		return;
	flow->later++;
	if (protocol->recognise(f->payload, f->payload_size) &&
		protocol->complete(f->payload, f->payload_size) > 0)
		read_segment(l, protocol);
}

static void server_data(struct listener *l, struct flow *flow)
{
	const struct frame *f = l->frame;
	const struct stream_owner owner = {f->dst, f->src, f->src_port, flow->base};

	if (flow->first_done)
		read_later(l, flow);
	else
		flow->first_done = streams_data(l, &flow->stream, &owner, &flow->protocol);
}

/* Ends what the flow had, so that its ports can be used anew. */
static void end_flow(struct listener *l, struct flow *flow)
{
	streams_conclude(l, flow->stream, &flow->protocol);
	*flow = (struct flow){.told = false};
}

void flows_tcp(struct listener *l)
{
	const struct frame *f = l->frame;
	uint8_t side, syn = f->tcp_flags & (FRAME_SYN | FRAME_ACK | FRAME_RST);
	struct flow *flow;

	if (!statement_is_placeable(&f->src) || !statement_is_placeable(&f->dst))
		return;
	flow = flow_at(l, TRANSPORT_TCP, &side);
	if (syn == FRAME_SYN) {
		if (flow->told && flow->client_base != f->seq + 1) /* not the same one, late */
			end_flow(l, flow);
		if (!(f->tcp_flags & FRAME_FIN)) /* both: of no stack */
			handshakes_heard(l);
		return;
	}
	if (syn == (FRAME_SYN | FRAME_ACK)) {
		if (flow->told && flow->server == side && flow->base == f->seq + 1)
			return; /* said again */
		end_flow(l, flow);
		serve(l, flow, side, f->seq + 1, NULL);
		handshakes_heard(l);
		flow->client_base = f->ack;
		return;
	}
	if (f->payload_size) {
		if (!flow->told)
			join_midway(l, flow, side);
		else if (flow->server == side)
			server_data(l, flow);
	}
	/* the end of the server's side; what follows, if anything, is not of its beginning */
	if (f->tcp_flags & FRAME_RST || (f->tcp_flags & FRAME_FIN && flow->server == side)) {
		streams_conclude(l, flow->stream, &flow->protocol);
		flow->first_done = true;
	}
}

/* Question and answer of a protocol that nobody here reads: enough for a line on the map if the
 * ports leave no doubt who serves. */
static void pair_datagrams(struct listener *l)
{
	const struct frame *f = l->frame;
	struct flow *flow;
	uint8_t side;

	if (!statement_is_placeable(&f->src) || !statement_is_placeable(&f->dst))
		return;
	flow = flow_at(l, TRANSPORT_UDP, &side);
	if (!flow->begun) {
		flow->begun = true;
		flow->first = side;
	}
	if (flow->told || flow->first == side)
		return;
	flow->told = true;
	if (f->dst_port > PORT_SYSTEM_MAX &&
		(f->src_port <= PORT_SYSTEM_MAX ||
			protocol_expected(TRANSPORT_UDP, f->src_port)))
		relations_add(l, &f->dst, &f->src, TRANSPORT_UDP, f->src_port, NULL);
}

void flows_udp(struct listener *l)
{
	const struct frame *f = l->frame;
	const struct protocol *protocol;
	const char *name;

	if (!f->payload_size || !statement_is_placeable(&f->src))
		return;
	protocol = services_match(TRANSPORT_UDP, f->src_port, f->payload, f->payload_size);
	name = protocol ? protocol->name
			: traffic_recognise(
				  TRANSPORT_UDP, f->src_port, f->payload, f->payload_size);
	if (!name) {
		pair_datagrams(l);
		return;
	}
	services_open(l, &f->src, TRANSPORT_UDP, f->src_port);
	relations_add(l, &f->dst, &f->src, TRANSPORT_UDP, f->src_port, name);
	if (protocol)
		read_segment(l, protocol);
	else
		services_named(l, &f->src, TRANSPORT_UDP, f->src_port, name, f->payload,
			f->payload_size, l->now_us);
}

void flows_finish(struct listener *l)
{
	table_cursor cursor = 0;
	const void *key;
	void *value;

	while (table_walk(l->flows, &cursor, &key, &value))
		evict_flow(l, key, value);
}
