/* SPDX-License-Identifier: Apache-2.0 */
/* The scope as a path-compressed trie over prefix bits, one root per address family: a node for
 * each prefix and for each place where two part; see scope.h. */
#include "common/model/scope.h"

#include "common/addr_range.h"

#include <endian.h>
#include <string.h>

#define PREFIX_MAX 128

/* An address as bits from the most significant one of `word[0]` on. */
struct key {
	uint64_t word[2];
};

struct grant {
	struct grant *next;
	int64_t id, from_us, until_us;
};

struct node {
	struct key key; /* zero behind its length */
	unsigned int length;
	bool excluded;
	struct node *child[2]; /* by the bit behind the prefix */
	struct grant *grants;
};

struct scope {
	struct node *root[2]; /* IPv4, IPv6 */
	size_t n_prefixes;
};

struct scope *scope_new(void)
{
	return calloc(1, sizeof(struct scope));
}

/* Depth is at most PREFIX_MAX, so recursion is bounded. */
static void free_node(struct node *node)
{
	if (!node)
		return;
	free_node(node->child[0]);
	free_node(node->child[1]);
	while (node->grants) {
		struct grant *next = node->grants->next;

		free(node->grants);
		node->grants = next;
	}
	free(node);
}

void scope_free(struct scope *scope)
{
	if (!scope)
		return;
	free_node(scope->root[0]);
	free_node(scope->root[1]);
	free(scope);
}

static struct key key_of(const struct addr *addr)
{
	struct key key = {{(uint64_t)addr_to_v4(addr) << 32, 0}};

	if (addr->family != 6)
		return key;
	memcpy(key.word, addr->bytes, 16);
	return (struct key){{be64toh(key.word[0]), be64toh(key.word[1])}};
}

static unsigned int bit_of(const struct key *key, unsigned int i)
{
	return key->word[i / 64] >> (63 - i % 64) & 1;
}

/* How many bits two keys have in common from the first on, at most `max`. */
static unsigned int common_bits(const struct key *a, const struct key *b, unsigned int max)
{
	uint64_t high = a->word[0] ^ b->word[0], low = a->word[1] ^ b->word[1];
	unsigned int n = high  ? (unsigned int)__builtin_clzll(high)
			 : low ? 64 + (unsigned int)__builtin_clzll(low)
			       : PREFIX_MAX;

	return n < max ? n : max;
}

static struct node *node_new(const struct key *key, unsigned int length)
{
	struct node *node = calloc(1, sizeof(*node));

	if (!node)
		return NULL;
	node->length = length;
	for (unsigned int i = 0; i < 2; i++) {
		unsigned int bits = length <= 64 * i	    ? 0
				    : length >= 64 * i + 64 ? 64
							    : length - 64 * i;

		node->key.word[i] = bits ? key->word[i] & ~0ULL << (64 - bits) : 0;
	}
	return node;
}

/* Puts a node for the first `length` bits of `key` where `*at` stands, which is below it. */
static struct node *put_above(struct node **at, const struct key *key, unsigned int length)
{
	struct node *node = node_new(key, length);

	if (node) {
		node->child[bit_of(&(*at)->key, length)] = *at;
		*at = node;
	}
	return node;
}

static struct node *find_or_add(struct node **at, const struct key *key, unsigned int length)
{
	while (*at) {
		struct node *node = *at;
		unsigned int shorter = node->length < length ? node->length : length;
		unsigned int n = common_bits(&node->key, key, shorter);

		if (n < node->length) {
			node = put_above(at, key, n);
			if (!node)
				return NULL;
		}
		if (n == length)
			return node;
		at = &node->child[bit_of(key, n)];
	}
	*at = node_new(key, length);
	return *at;
}

static int find_node(struct scope *scope, const struct cidr *cidr, struct node **ret_node,
	struct error *reterr)
{
	struct key key = key_of(&cidr->base);

	if (scope->n_prefixes >= SCOPE_PREFIXES_MAX)
		return error_set(reterr, ERROR_INPUT, "more than %d prefixes in the scope",
			SCOPE_PREFIXES_MAX);
	*ret_node = find_or_add(&scope->root[cidr->base.family == 6], &key, cidr->length);
	if (!*ret_node)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the scope");
	scope->n_prefixes++;
	return 0;
}

int scope_grant(struct scope *scope, const struct cidr *cidr, int64_t grant_id, int64_t from_us,
	int64_t until_us, struct error *reterr)
{
	struct grant *grant;
	struct node *node;
	int r = find_node(scope, cidr, &node, reterr);

	if (r < 0)
		return r;
	grant = malloc(sizeof(*grant));
	if (!grant)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the scope");
	*grant = (struct grant){node->grants, grant_id, from_us, until_us};
	node->grants = grant;
	return 0;
}

int scope_exclude(struct scope *scope, const struct cidr *cidr, struct error *reterr)
{
	struct node *node;
	int r = find_node(scope, cidr, &node, reterr);

	if (r < 0)
		return r;
	node->excluded = true;
	return 0;
}

/* What descend() met: the last node that holds the address, or NULL; the one that is next on
 * its way and does not, or NULL; the grant that allows it, and until when any does. */
struct descent {
	const struct node *deepest, *below;
	int64_t grant_id, until_us;
};

/* Down from the root through all prefixes that hold the address. */
static enum scope_verdict descend(const struct scope *scope, const struct addr *addr,
	int64_t now_us, struct descent *ret)
{
	enum scope_verdict verdict = SCOPE_NOT_GRANTED;
	unsigned int bits = addr->family == 6 ? 128 : addr->family == 4 ? 32 : 0;
	const struct node *node = scope->root[addr->family == 6];
	struct key key = key_of(addr);

	*ret = (struct descent){.until_us = INT64_MIN};
	if (addr_is_loopback(addr)) {
		verdict = SCOPE_ALLOWED;
		ret->until_us = INT64_MAX;
	}
	while (node && node->length <= bits &&
		common_bits(&node->key, &key, node->length) == node->length) {
		ret->deepest = node;
		if (node->excluded)
			return SCOPE_EXCLUDED;
		for (const struct grant *g = node->grants; g; g = g->next) {
			if (now_us >= g->from_us && now_us < g->until_us) {
				verdict = SCOPE_ALLOWED;
				ret->grant_id = g->id;
				if (g->until_us > ret->until_us)
					ret->until_us = g->until_us;
			} else if (verdict == SCOPE_NOT_GRANTED) {
				verdict = SCOPE_NOT_NOW;
			}
		}
		node = node->length < bits ? node->child[bit_of(&key, node->length)] : NULL;
	}
	ret->below = node;
	return verdict;
}

enum scope_verdict scope_check(const struct scope *scope, const struct addr *addr,
	int64_t now_us, int64_t *ret_grant_id)
{
	struct descent met;
	enum scope_verdict verdict = descend(scope, addr, now_us, &met);

	if (ret_grant_id && verdict == SCOPE_ALLOWED)
		*ret_grant_id = met.grant_id;
	return verdict;
}

int64_t scope_allowed_until(const struct scope *scope, const struct addr *addr, int64_t now_us)
{
	struct descent met;

	return descend(scope, addr, now_us, &met) == SCOPE_ALLOWED ? met.until_us : INT64_MIN;
}

struct walk {
	uint8_t family;
	int64_t now_us;
	scope_walk_fn fn;
	void *context;
	struct error *reterr;
};

static struct cidr prefix_of(const struct node *node, uint8_t family)
{
	uint64_t words[2] = {htobe64(node->key.word[0]), htobe64(node->key.word[1])};
	struct cidr cidr = {{.family = family}, (uint8_t)node->length};

	memcpy(cidr.base.bytes, words, family == 4 ? 4 : 16);
	return cidr;
}

enum scope_verdict scope_check_until(const struct scope *scope, const struct addr *addr,
	int64_t now_us, int64_t *ret_grant_id, struct addr *ret_last)
{
	static const struct cidr loopback[] = {{{4, {127}}, 8}, {{6, {[15] = 1}}, 128}};
	const struct cidr *own = &loopback[addr->family == 6];
	struct descent met;
	enum scope_verdict verdict = descend(scope, addr, now_us, &met);
	const struct node *deepest = met.deepest, *below = met.below;
	unsigned int length = deepest ? deepest->length : 0;
	struct cidr held = cidr_of(addr, (uint8_t)length), next;
	struct addr end = own->base;

	if (ret_grant_id && verdict == SCOPE_ALLOWED)
		*ret_grant_id = met.grant_id;
	/* What lies below the deepest prefix is on one side of its middle. */
	if (deepest && !deepest->excluded && (deepest->child[0] || deepest->child[1]))
		held = cidr_of(addr, (uint8_t)(length + 1));
	*ret_last = addr_range_of(&held).last;
	if (below) {
		next = prefix_of(below, addr->family);
		if (addr_compare(&next.base, addr) > 0) {
			*ret_last = next.base;
			addr_step(ret_last, -1);
		}
	}
	/* What needs no grant is not taken together with what does. */
	if (cidr_contains(own, addr))
		end = addr_range_of(own).last;
	else if (addr_compare(addr, &own->base) < 0 && addr_step(&end, -1))
		;
	else
		end = *ret_last;
	if (addr_compare(&end, ret_last) < 0)
		*ret_last = end;
	return verdict;
}

/* `verdict` and `until_us` are those of the prefix above. At most PREFIX_MAX deep. */
static int walk_node(const struct walk *w, const struct node *node, enum scope_verdict verdict,
	int64_t until_us)
{
	int r = 0;

	if (!node)
		return 0;
	for (const struct grant *g = node->grants; g && verdict != SCOPE_EXCLUDED;
		g = g->next) {
		bool now = w->now_us >= g->from_us && w->now_us < g->until_us;

		if (now && (verdict != SCOPE_ALLOWED || g->until_us > until_us))
			until_us = g->until_us;
		if (now || verdict == SCOPE_NOT_GRANTED)
			verdict = now ? SCOPE_ALLOWED : SCOPE_NOT_NOW;
	}
	if (node->excluded)
		verdict = SCOPE_EXCLUDED;
	if (node->excluded || node->grants) {
		struct cidr prefix = prefix_of(node, w->family);

		r = w->fn(w->context, &prefix, verdict, until_us, w->reterr);
	}
	for (int i = 0; r == 0 && i < 2; i++)
		r = walk_node(w, node->child[i], verdict, until_us);
	return r;
}

int scope_walk(const struct scope *scope, uint8_t family, int64_t now_us, scope_walk_fn fn,
	void *context, struct error *reterr)
{
	struct walk w = {family, now_us, fn, context, reterr};

	return walk_node(&w, scope->root[family == 6], SCOPE_NOT_GRANTED, INT64_MIN);
}
