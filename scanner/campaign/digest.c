/* SPDX-License-Identifier: Apache-2.0 */
/* A number that says whether two campaigns ask the same of the same over the same ways; see
 * reach.h. */
#include "scanner/campaign/journal.h"
#include "scanner/campaign/reach.h"

#include <string.h>

/* FNV-1a over 64-bit words: quick, and enough to tell one plan from another. */
static void digest(uint64_t *sum, uint64_t word)
{
	*sum = (*sum ^ word) * 0x100000001b3ull;
	*sum ^= *sum >> 29;
}

static void digest_addr(uint64_t *sum, const struct addr *addr)
{
	uint64_t words[2];

	memcpy(words, addr->bytes, sizeof(words));
	digest(sum, addr->family);
	digest(sum, words[0]);
	digest(sum, words[1]);
}

static void digest_list(uint64_t *sum, const uint16_t *list, size_t n)
{
	digest(sum, n);
	for (size_t i = 0; i < n; i++)
		digest(sum, list[i]);
}

static void digest_text(uint64_t *sum, const char *text)
{
	for (; *text; text++)
		digest(sum, (uint8_t)*text);
	digest(sum, 0);
}

/* Over which interface, from which address and by which next hop. */
static void digest_way(uint64_t *sum, const struct reach *reach, const struct piece *piece)
{
	const struct path *path = &reach->paths[piece->path];

	digest_addr(sum, &piece->range.first);
	digest_addr(sum, &piece->range.last);
	digest(sum, piece->way);
	digest_text(sum, reach->interfaces[path->interface].name);
	digest_addr(sum, &path->source);
	if (piece->gateway != REACH_NONE)
		digest_addr(sum, &reach->gateways[piece->gateway].addr);
	for (uint32_t i = 0; piece->group != REACH_NONE && i < reach->groups[piece->group].n;
		i++) {
		const struct way *way = &reach->ways[reach->groups[piece->group].first + i];

		digest_text(sum, reach->interfaces[reach->paths[way->path].interface].name);
		digest(sum, way->weight);
		if (way->gateway != REACH_NONE)
			digest_addr(sum, &reach->gateways[way->gateway].addr);
	}
}

/* Records of the journal mean the same only as long as these do. */
static void digest_words(uint64_t *sum)
{
	digest(sum, TALLY_N);
	digest(sum, TEMPLATE_N);
	digest(sum, ANSWER_WORD_N);
	digest(sum, TRACE_WORD_N);
	digest(sum, RECORD_KIND_N);
}

uint64_t reach_digest(const struct reach *reach, const struct scan_plan *plan)
{
	static const enum reach_way ways[] = {REACH_OWN, REACH_ON_LINK, REACH_GATEWAY};
	uint64_t sum = 0xcbf29ce484222325ull;

	digest_words(&sum);
	digest(&sum, plan->profile);
	digest(&sum, plan->trace);
	digest(&sum, reach->plain);
	for (size_t i = 0; i < reach->n_pieces; i++)
		if (reach->pieces[i].path != REACH_NONE)
			digest_way(&sum, reach, &reach->pieces[i]);
	for (size_t i = 0; i < reach->n_links; i++) {
		digest_addr(&sum, &reach->links[i].prefix.base);
		digest(&sum, reach->links[i].prefix.length);
	}
	digest_list(&sum, plan->tcp_ports, plan->n_tcp_ports);
	digest_list(&sum, plan->udp_ports, plan->n_udp_ports);
	digest_list(&sum, plan->sctp_ports, plan->n_sctp_ports);
	digest_list(&sum, plan->ip_protocols, plan->n_ip_protocols);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct addr_walk walk = {.set = reach->targets[ways[i]]};
		struct addr_range range;

		digest(&sum, ways[i]);
		while (addr_walk_next(&walk, &range)) {
			digest_addr(&sum, &range.first);
			digest_addr(&sum, &range.last);
		}
	}
	return sum;
}
