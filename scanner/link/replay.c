/* SPDX-License-Identifier: Apache-2.0 */
/* The scripted network; see replay.h. Answers wait in a heap ordered by their time. */
#include "scanner/link/replay.h"

#include "common/cleanup.h"
#include "common/siphash.h"
#include "scanner/link/packet_build.h"

#include <string.h>

#define ANSWER_MAX 256
#define QUOTED_MAX 128 /* of a probe that an ICMPv6 error quotes */
#define ANSWERS_MAX (1u << 20)
#define HEAR_WINDOW_US 1000
#define SEND_COST_NS 500
#define WALL_START_US 1800000000000000LL

struct answer {
	int64_t at_us;
	uint64_t number; /* of equal times, the first sent comes first */
	uint8_t interface;
	uint16_t size;
	uint8_t bytes[ANSWER_MAX];
};

/* What a router may still say (RFC 4443 2.4 f). */
struct bucket {
	struct addr router;
	int64_t tokens_us, at_us; /* a second of it for each error */
};

struct replay {
	struct link link;
	struct replay_options o;
	int64_t now_ns;
	struct siphash_key key;
	uint64_t draws, numbers, overflow;
	int64_t window; /* of HEAR_WINDOW_US, in which so many were heard: */
	uint32_t heard;
	struct answer *heap;
	size_t n, max;
	struct bucket buckets[REPLAY_LIMITED_MAX];
	size_t n_buckets;
	uint16_t counters[REPLAY_COUNTERS];
	struct answer out; /* lent to the caller */
};

static uint64_t draw(struct replay *replay)
{
	uint64_t n = replay->draws++;

	return siphash(&replay->key, &n, sizeof(n));
}

static bool chance(struct replay *replay, unsigned int permille)
{
	return permille && draw(replay) % 1000 < permille;
}

static bool before(const struct answer *a, const struct answer *b)
{
	return a->at_us != b->at_us ? a->at_us < b->at_us : a->number < b->number;
}

static void push(struct replay *replay, const struct answer *answer)
{
	size_t at;

	if (replay->n == replay->max) {
		size_t max = replay->max ? replay->max * 2 : 1024;
		struct answer *bigger =
			max <= ANSWERS_MAX ? reallocarray(replay->heap, max, sizeof(*bigger))
					   : NULL;

		if (!bigger) {
			replay->overflow++;
			return;
		}
		replay->heap = bigger;
		replay->max = max;
	}
	for (at = replay->n++; at > 0; at = (at - 1) / 2) {
		if (!before(answer, &replay->heap[(at - 1) / 2]))
			break;
		replay->heap[at] = replay->heap[(at - 1) / 2];
	}
	replay->heap[at] = *answer;
}

static void pop(struct replay *replay, struct answer *ret)
{
	const struct answer *last = &replay->heap[--replay->n];
	size_t at = 0, child;

	*ret = replay->heap[0];
	while ((child = 2 * at + 1) < replay->n) {
		if (child + 1 < replay->n &&
			before(&replay->heap[child + 1], &replay->heap[child]))
			child++;
		if (!before(&replay->heap[child], last))
			break;
		replay->heap[at] = replay->heap[child];
		at = child;
	}
	replay->heap[at] = *last;
}

/* An answer on its way: lost, late, or twice. */
static void deliver(struct replay *replay, const struct replay_host *host, uint8_t interface,
	const struct packer *p)
{
	int64_t delay = host && host->delay_us ? host->delay_us : replay->o.delay_us;
	struct answer answer = {.interface = interface, .size = (uint16_t)p->pos};
	int copies = chance(replay, replay->o.duplicate_permille) ? 2 : 1;

	if (!packer_ok(p) || chance(replay, replay->o.loss_permille) ||
		(host && chance(replay, host->loss_permille)))
		return;
	memcpy(answer.bytes, p->base, p->pos);
	for (int i = 0; i < copies; i++) {
		answer.at_us = replay->now_ns / 1000 + delay;
		if (replay->o.jitter_us)
			answer.at_us += (int64_t)(draw(replay) % (uint64_t)replay->o.jitter_us);
		answer.number = replay->numbers++;
		push(replay, &answer);
	}
}

static bool holds(const uint16_t *ports, size_t n, uint16_t port)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i] == port)
			return true;
	return false;
}

struct asked {
	const struct link_frame *frame;
	const struct link_interface *interface;
	const struct replay_host *host;
	struct frame f;
};

static size_t ip_of(const struct asked *q)
{
	return q->interface->mode == LINK_ETHERNET ? 14 : 0;
}

/* Ethernet and IP headers of an answer. */
static void begin(struct packer *p, const struct asked *q, const struct addr *src,
	const struct addr *dst, uint8_t protocol, uint8_t ttl)
{
	if (q->interface->mode == LINK_ETHERNET) {
		packer_bytes(p, q->interface->mac.bytes, 6);
		packer_bytes(p, q->host->mac.bytes, 6);
		packer_be16(p, src->family == 4 ? 0x0800 : 0x86dd);
	}
	packet_begin(p, src, dst, protocol, ttl);
}

/* The answer of the target or of a router on the way comes with this much of its TTL left. */
static uint8_t left_of(size_t hops)
{
	return (uint8_t)(64 - hops);
}

static void answer_syn(struct replay *replay, const struct asked *q)
{
	uint8_t bytes[ANSWER_MAX];
	struct packer p = packer_of(bytes, sizeof(bytes));
	bool open = q->host->open_everywhere ||
		    holds(q->host->open, q->host->n_open, q->f.dst_port);
	uint32_t ack = q->f.seq + 1;

	if (!open && q->host->drops)
		return;
	if (replay->o.wrong_cookies)
		ack += 1 + (uint32_t)(draw(replay) >> 40);
	begin(&p, q, &q->f.dst, &q->f.src, 6,
		left_of(q->host->n_path));
	packet_tcp(&p, q->f.dst_port, q->f.src_port, open ? (uint32_t)draw(replay) : 0, ack,
		open ? FRAME_SYN | FRAME_ACK : FRAME_RST | FRAME_ACK);
	if (open && q->host->mss) {
		packer_patch_be16(&p, p.pos - 8, 6 << 12 | FRAME_SYN | FRAME_ACK);
		packer_be16(&p, 2 << 8 | 4);
		packer_be16(&p, q->host->mss);
	}
	packet_end(&p, ip_of(q));
	deliver(replay, q->host, q->frame->interface, &p);
}

/* The identification of an IPv4 packet. */
static void number(struct replay *replay, const struct asked *q, struct packer *p)
{
	uint16_t *counter = &replay->counters[q->host->counter % REPLAY_COUNTERS];
	uint64_t besides = (uint64_t)(replay->now_ns / 1000) * replay->o.ids_pps / 1000000;
	unsigned int apart = replay->o.ids_apart ? replay->o.ids_apart : 40000;

	if (q->f.src.family != 4)
		return;
	if (q->host->random_ids)
		packer_patch_be16(p, ip_of(q) + 4, (uint16_t)draw(replay));
	else if (q->host->counter)
		packer_patch_be16(p, ip_of(q) + 4,
			(uint16_t)(apart * q->host->counter + ++*counter + besides));
}

static void answer_echo(struct replay *replay, const struct asked *q)
{
	uint8_t bytes[ANSWER_MAX];
	struct packer p = packer_of(bytes, sizeof(bytes));
	bool v4 = q->f.src.family == 4;

	if (q->host->deaf)
		return;
	begin(&p, q, &q->f.dst, &q->f.src, v4 ? 1 : 58,
		left_of(q->host->n_path));
	packer_u8(&p, v4 ? 0 : 129);
	packer_zero(&p, 3);
	packer_be16(&p, q->f.icmp_id);
	packer_be16(&p, (uint16_t)(q->f.icmp_seq + (replay->o.wrong_cookies ? 1 : 0)));
	packer_zero(&p, 8);
	number(replay, q, &p);
	packet_end(&p, ip_of(q));
	deliver(replay, q->host, q->frame->interface, &p);
}

static void answer_timestamp(struct replay *replay, const struct asked *q)
{
	uint8_t bytes[ANSWER_MAX];
	struct packer p = packer_of(bytes, sizeof(bytes));

	if (q->host->timeless)
		return;
	begin(&p, q, &q->f.dst, &q->f.src, 1,
		left_of(q->host->n_path));
	packer_u8(&p, 14);
	packer_zero(&p, 3);
	packer_bytes(&p, q->f.payload, 3);
	packer_u8(&p, (uint8_t)(q->f.payload[3] + (replay->o.wrong_cookies ? 1 : 0)));
	packer_zero(&p, 12);
	packet_end(&p, ip_of(q));
	deliver(replay, q->host, q->frame->interface, &p);
}

/* Whether a router has said enough already. */
static bool is_limited(struct replay *replay, const struct addr *router)
{
	int64_t now = replay->now_ns / 1000, most = replay->o.errors_burst * 1000000LL;
	struct bucket *b = replay->buckets;

	if (!router->family)
		return true;
	if (!replay->o.errors_burst)
		return false;
	for (size_t i = 0; i < replay->n_buckets && !addr_equal(&b->router, router); i++)
		b++;
	if (b == replay->buckets + replay->n_buckets) {
		if (replay->n_buckets == REPLAY_LIMITED_MAX)
			return false;
		replay->n_buckets++;
		*b = (struct bucket){*router, most, now};
	}
	b->tokens_us += now - b->at_us;
	b->at_us = now;
	if (b->tokens_us > most)
		b->tokens_us = most;
	if (b->tokens_us < 1000000)
		return true;
	b->tokens_us -= 1000000;
	return false;
}

/* An ICMP error from `router`, quoting the probe. */
static void answer_error(struct replay *replay, const struct asked *q,
	const struct addr *router, size_t hops, uint8_t type, uint8_t code)
{
	uint8_t bytes[ANSWER_MAX];
	struct packer p = packer_of(bytes, sizeof(bytes));
	size_t ip = q->interface->mode == LINK_ETHERNET ? 14 : 0;
	size_t quoted = q->frame->size - ip;

	begin(&p, q, router, &q->f.src,
		router->family == 4 ? 1 : 58, left_of(hops));
	packer_u8(&p, type);
	packer_u8(&p, code);
	packer_zero(&p, 6);
	/* RFC 792: the header and 8 bytes */
	if (quoted > QUOTED_MAX)
		quoted = QUOTED_MAX;
	packer_bytes(
		&p, q->frame->bytes + ip, router->family == 4 && quoted > 28 ? 28 : quoted);
	packet_end(&p, ip_of(q));
	deliver(replay, q->host, q->frame->interface, &p);
}

/* The host itself says that it has nothing there: port unreachable, or protocol. */
static void answer_nothing(struct replay *replay, const struct asked *q, bool port)
{
	bool v4 = q->f.src.family == 4;

	if (q->host->drops)
		return;
	if (v4)
		answer_error(replay, q, &q->f.dst, q->host->n_path, 3, port ? 3 : 2);
	else
		answer_error(replay, q, &q->f.dst, q->host->n_path, port ? 1 : 4, port ? 4 : 1);
}

static void answer_udp(struct replay *replay, const struct asked *q)
{
	uint8_t bytes[ANSWER_MAX], said[ANSWER_MAX / 2];
	struct packer p = packer_of(bytes, sizeof(bytes));
	const uint8_t *data = q->f.payload;
	size_t size = q->f.payload_size;

	if (!holds(q->host->udp, q->host->n_udp, q->f.dst_port)) {
		answer_nothing(replay, q, true);
		return;
	}
	if (replay->o.datagram) {
		size = replay->o.datagram(q->f.dst_port, data, size, said, sizeof(said));
		data = said;
	}
	if (size == 0)
		return;
	begin(&p, q, &q->f.dst, &q->f.src, 17,
		left_of(q->host->n_path));
	packer_be16(&p, q->f.dst_port);
	packer_be16(&p, (uint16_t)(q->f.src_port + (replay->o.wrong_cookies ? 1 : 0)));
	packer_be16(&p, (uint16_t)(8 + size));
	packer_zero(&p, 2);
	packer_bytes(&p, data, size);
	packet_end(&p, ip_of(q));
	deliver(replay, q->host, q->frame->interface, &p);
}

/* INIT ACK or ABORT, under the initiator's tag. */
static void answer_init(struct replay *replay, const struct asked *q)
{
	uint8_t bytes[ANSWER_MAX];
	struct packer p = packer_of(bytes, sizeof(bytes));
	const uint8_t *init = q->f.payload;
	uint16_t port = (uint16_t)(init[2] << 8 | init[3]);
	bool open = holds(q->host->sctp, q->host->n_sctp, port);

	if (!open && q->host->drops)
		return;
	begin(&p, q, &q->f.dst, &q->f.src, 132,
		left_of(q->host->n_path));
	packer_be16(&p, port);
	packer_bytes(&p, init, 2);
	packer_bytes(&p, init + 16, 3);
	packer_u8(&p, (uint8_t)(init[19] + (replay->o.wrong_cookies ? 1 : 0)));
	packer_zero(&p, 4);
	packer_u8(&p, open ? 2 : 6);
	packer_zero(&p, 1);
	packer_be16(&p, 4);
	packet_end(&p, ip_of(q));
	deliver(replay, q->host, q->frame->interface, &p);
}

/* A header alone: answered by a packet of that protocol with nothing in it. */
static void answer_bare(struct replay *replay, const struct asked *q)
{
	uint8_t bytes[ANSWER_MAX];
	struct packer p = packer_of(bytes, sizeof(bytes));

	if (!holds(q->host->protocols, q->host->n_protocols, q->f.ip_protocol)) {
		answer_nothing(replay, q, false);
		return;
	}
	begin(&p, q, &q->f.dst, &q->f.src, q->f.ip_protocol,
		left_of(q->host->n_path));
	packer_zero(&p, 8);
	packet_end(&p, ip_of(q));
	deliver(replay, q->host, q->frame->interface, &p);
}

static void answer_arp(struct replay *replay, const struct asked *q)
{
	uint8_t bytes[ANSWER_MAX];
	struct packer p = packer_of(bytes, sizeof(bytes));
	static const uint8_t head[] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 2};

	packer_bytes(&p, q->interface->mac.bytes, 6);
	packer_bytes(&p, q->host->mac.bytes, 6);
	packer_bytes(&p, head, sizeof(head));
	packer_bytes(&p, q->host->mac.bytes, 6);
	packet_addr(&p, &q->f.dst);
	packer_bytes(&p, q->interface->mac.bytes, 6);
	packet_addr(&p, &q->f.src);
	deliver(replay, q->host, q->frame->interface, &p);
}

static void answer_neighbour(
	struct replay *replay, const struct asked *q, const struct addr *target)
{
	uint8_t bytes[ANSWER_MAX];
	struct packer p = packer_of(bytes, sizeof(bytes));
	static const uint8_t head[] = {136, 0, 0, 0, 0x60, 0, 0, 0};

	begin(&p, q, target, &q->f.src, 58, 255);
	packer_bytes(&p, head, sizeof(head));
	packet_addr(&p, target);
	packer_u8(&p, 2);
	packer_u8(&p, 1);
	packer_bytes(&p, q->host->mac.bytes, 6);
	packet_end(&p, ip_of(q));
	deliver(replay, q->host, q->frame->interface, &p);
}

/* Of version 2, with one record: the solicited-node group of its address. */
static void answer_listeners(struct replay *replay, const struct asked *q)
{
	static const uint8_t alert[] = {58, 0, 5, 2, 0, 0, 1, 0},
			     report[] = {143, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 0xff, 2, 0, 0, 0,
				     0, 0, 0, 0, 0, 0, 1, 0xff},
			     routers[16] = {0xff, 2, [15] = 0x16}, many[] = {0xff, 0xff};
	struct addr all = addr_from_bytes(6, routers);
	uint8_t bytes[ANSWER_MAX];
	struct packer p = packer_of(bytes, sizeof(bytes));

	begin(&p, q, &q->host->local, &all, 0, 1);
	packer_bytes(&p, alert, sizeof(alert));
	packer_bytes(&p, report, 6);
	packer_bytes(&p, replay->o.forged ? many : report + 6, 2);
	packer_bytes(&p, report + 8, sizeof(report) - 8);
	packer_bytes(&p, q->host->at.base.bytes + 13, 3);
	packet_end(&p, ip_of(q));
	deliver(replay, q->host, q->frame->interface, &p);
}

/* A frame to all nodes of the link: each answers by itself. */
static void hear_all(struct replay *replay, struct asked *q)
{
	for (size_t i = 0; i < replay->o.n_hosts; i++) {
		const struct replay_host *host = &replay->o.hosts[i];

		q->host = host;
		q->f.dst = host->local_echo ? host->local : host->at.base;
		if (!host->on_link || host->at.length != 128 ||
			chance(replay, replay->o.loss_permille))
			continue;
		if (q->f.icmp_type == 128 && !host->unsociable)
			answer_echo(replay, q);
		else if (q->f.icmp_type == 130 && host->local.family)
			answer_listeners(replay, q);
	}
}

/* Who it is (DCP): its name, vendor 42 and device 787, and its address if that is of IPv4.
 * Forged: with another number than was asked with. */
static void answer_station(struct replay *replay, const struct asked *q)
{
	static const uint8_t head[] = {0x88, 0x92, 0xfe, 0xff, 5, 1},
			     device[] = {2, 3, 0, 6, 0, 0, 0, 42, 3, 0x13};
	size_t name = strlen(q->host->station), filler = name & 1;
	bool v4 = q->host->at.base.family == 4;
	uint8_t bytes[ANSWER_MAX];
	struct packer p = packer_of(bytes, sizeof(bytes));

	packer_bytes(&p, q->interface->mac.bytes, 6);
	packer_bytes(&p, q->host->mac.bytes, 6);
	packer_bytes(&p, head, sizeof(head));
	packer_bytes(&p, q->f.payload + 4, 3);
	packer_u8(&p, q->f.payload[7] ^ (replay->o.wrong_cookies ? 1 : 0));
	packer_be16(&p, 0);
	packer_be16(&p, (uint16_t)(6 + name + filler + sizeof(device) + (v4 ? 18 : 0)));
	packer_be32(&p, (uint32_t)(0x02020000 + 2 + name));
	packer_be16(&p, 0);
	packer_bytes(&p, q->host->station, name);
	packer_zero(&p, filler);
	packer_bytes(&p, device, sizeof(device));
	if (v4) {
		packer_be32(&p, 0x0102000e);
		packer_be16(&p, 1);
		packer_bytes(&p, q->host->at.base.bytes, 4);
		packer_be32(&p, 0xffff0000);
		packer_be32(&p, 0);
	}
	deliver(replay, q->host, q->frame->interface, &p);
}

/* A question to all stations of the link. */
static void hear_stations(struct replay *replay, struct asked *q)
{
	for (size_t i = 0; i < replay->o.n_hosts; i++) {
		q->host = &replay->o.hosts[i];
		if (q->host->station && q->f.payload_size >= 8)
			answer_station(replay, q);
	}
}

static const struct replay_host *find_host(const struct replay *replay, const struct addr *addr)
{
	const struct replay_host *best = NULL;

	for (size_t i = 0; i < replay->o.n_hosts; i++) {
		const struct replay_host *host = &replay->o.hosts[i];

		if (cidr_contains(&host->at, addr) &&
			(!best || host->at.length > best->at.length))
			best = host;
	}
	return best;
}

/* Somebody who did not see the probe answers it, or says something nobody asked. */
static void send_stranger(struct replay *replay, const struct asked *q)
{
	struct replay_host host = {.at = cidr_of(&q->f.dst, 32), .open_everywhere = true};
	struct asked forged = *q;

	if (q->f.kind != FRAME_TCP)
		return;
	forged.host = &host;
	forged.f.seq ^= (uint32_t)draw(replay) | 1;
	answer_syn(replay, &forged);
}

static void send_quench(struct replay *replay, const struct asked *q)
{
	struct link_frame frame = *q->frame;
	struct asked forged = *q;

	forged.frame = &frame;
	if (replay->o.forged)
		frame.bytes[ip_of(q) + 20 + 7] ^= 1; /* the last of the sequence number */
	answer_error(replay, &forged, &q->host->path[0], 0, 4, 0);
}

/* Every field in which a probe may bear its mark is another: the IP header's, and the first and
 * the last of the numbers behind it. */
static void send_errors(struct replay *replay, const struct asked *q)
{
	size_t ip = ip_of(q), transport = ip + (q->f.src.family == 4 ? 20u : 40u);

	for (size_t i = 0; i < replay->o.n_errors; i++) {
		const struct replay_error *error = &replay->o.errors[i];
		struct link_frame frame = *q->frame;
		struct asked said = *q;

		if (error->family != q->f.src.family)
			continue;
		said.frame = &frame;
		if (error->forged) {
			frame.bytes[ip + (q->f.src.family == 4 ? 5 : 3)] ^= 1;
			frame.bytes[transport + 4] ^= 1;
			frame.bytes[transport + 7] ^= 1;
		}
		answer_error(replay, &said, &q->host->path[0], 0, error->type, error->code);
	}
}

static void answer_ip(struct replay *replay, struct asked *q)
{
	const struct replay_host *host = q->host;
	uint8_t exceeded = q->f.src.family == 4 ? 11 : 3,
		refused = q->f.src.family == 4 ? 3 : 1;

	if (host->n_path && q->f.src.family == 4 && chance(replay, replay->o.quench_permille))
		send_quench(replay, q);
	if (host->n_path)
		send_errors(replay, q);
	if (q->f.ttl <= host->n_path) {
		if (!is_limited(replay, &host->path[q->f.ttl - 1]))
			answer_error(replay, q, &host->path[q->f.ttl - 1], q->f.ttl - 1u,
				exceeded, 0);
		return;
	}
	if (host->asleep)
		return;
	if (host->unreachable >= 0 && host->n_path)
		answer_error(replay, q, &host->path[host->n_path - 1], host->n_path - 1,
			refused, (uint8_t)host->unreachable);
	else if (q->f.kind == FRAME_TCP)
		answer_syn(replay, q);
	else if (q->f.kind == FRAME_ICMP && q->f.icmp_type == 13)
		answer_timestamp(replay, q);
	else if (q->f.kind == FRAME_ICMP)
		answer_echo(replay, q);
	else if (q->f.kind == FRAME_UDP)
		answer_udp(replay, q);
	else if (q->f.ip_protocol == 132 && host->n_sctp && q->f.payload_size >= 32)
		answer_init(replay, q);
	else
		answer_bare(replay, q);
}

static void hear(struct replay *replay, const struct link_frame *frame)
{
	struct asked q = {.frame = frame, .interface = &replay->o.interfaces[frame->interface]};
	bool ethernet = q.interface->mode == LINK_ETHERNET, neighbour;
	struct addr target;

	if (frame_decode(ethernet ? FRAME_LINK_ETHERNET : FRAME_LINK_RAW, frame->bytes,
		    frame->size, &q.f) != FRAME_OK)
		return;
	if (replay->o.watch)
		replay->o.watch(replay->o.context, frame, &q.f, replay->now_ns / 1000);
	if (q.f.kind == FRAME_OTHER) {
		hear_stations(replay, &q);
		return;
	}
	if (q.f.src.family == 6 && addr_is_multicast(&q.f.dst) && q.f.icmp_type != 135) {
		hear_all(replay, &q);
		return;
	}
	neighbour = q.f.kind == FRAME_ICMP && q.f.icmp_type == 135 && q.f.payload_size >= 20;
	target = neighbour ? addr_from_bytes(6, q.f.payload + 4) : q.f.dst;
	q.host = find_host(replay, &target);
	if (chance(replay, replay->o.stranger_permille))
		send_stranger(replay, &q);
	if (!q.host || chance(replay, replay->o.loss_permille) ||
		chance(replay, q.host->loss_permille))
		return;
	if (q.f.kind == FRAME_ARP && q.host->on_link)
		answer_arp(replay, &q);
	else if (neighbour && q.host->on_link)
		answer_neighbour(replay, &q, &target);
	else if (q.f.kind != FRAME_ARP && !neighbour)
		answer_ip(replay, &q);
}

static int replay_send(
	struct link *link, const struct link_frame *frames, size_t n, struct error *reterr)
{
	struct replay *replay = (struct replay *)link;

	for (size_t i = 0; i < n; i++) {
		if (frames[i].interface >= replay->o.n_interfaces)
			return error_set(
				reterr, ERROR_INTERNAL, "a frame for an interface not opened");
		replay->now_ns += SEND_COST_NS;
		hear(replay, &frames[i]);
	}
	return 0;
}

/* More answers in a moment than the receiver can take. */
static bool is_lost(struct replay *replay, const struct answer *answer)
{
	int64_t window = answer->at_us / HEAR_WINDOW_US;

	if (!replay->o.hears_pps)
		return false;
	if (window != replay->window)
		replay->heard = 0;
	replay->window = window;
	if (replay->heard < (uint64_t)replay->o.hears_pps * HEAR_WINDOW_US / 1000000) {
		replay->heard++;
		return false;
	}
	replay->overflow++;
	return true;
}

static int replay_next(
	struct link *link, int64_t until_us, struct link_heard *ret, struct error *reterr)
{
	struct replay *replay = (struct replay *)link;
	int64_t now = replay->now_ns / 1000;
	const struct link_interface *i;

	(void)reterr;
	do {
		if (!replay->n ||
			(replay->heap[0].at_us > now && replay->heap[0].at_us > until_us)) {
			if (until_us > now)
				replay->now_ns = until_us * 1000;
			return LINK_QUIET;
		}
		pop(replay, &replay->out);
	} while (is_lost(replay, &replay->out));
	if (replay->out.at_us > now)
		replay->now_ns = replay->out.at_us * 1000;
	i = &replay->o.interfaces[replay->out.interface];
	*ret = (struct link_heard){replay->out.interface,
		i->mode == LINK_ETHERNET ? FRAME_LINK_ETHERNET : FRAME_LINK_RAW,
		replay->now_ns / 1000, link->wall(link), replay->out.bytes, replay->out.size};
	return 0;
}

static int64_t replay_now(struct link *link)
{
	return ((struct replay *)link)->now_ns / 1000;
}

static int64_t replay_wall(struct link *link)
{
	return WALL_START_US + ((struct replay *)link)->o.later_us + replay_now(link);
}

static void replay_stats(struct link *link, struct link_stats *ret_stats)
{
	*ret_stats = (struct link_stats){.kernel_drops = ((struct replay *)link)->overflow};
}

static void replay_close(struct link *link)
{
	free(((struct replay *)link)->heap);
	free(link);
}

int replay_open(
	const struct replay_options *options, struct link **ret_link, struct error *reterr)
{
	struct replay *replay = calloc(1, sizeof(*replay));

	if (!replay)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a scripted network");
	replay->link = (struct link){
		replay_send, replay_next, replay_now, replay_wall, replay_stats, replay_close};
	replay->o = *options;
	replay->key = siphash_key_seeded(options->seed);
	replay->now_ns = 1000000000;
	*ret_link = &replay->link;
	return 0;
}
