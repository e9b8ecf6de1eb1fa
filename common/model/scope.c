/* SPDX-License-Identifier: Apache-2.0 */
/* The scope as a binary trie over prefix bits, one root per address family; see scope.h. */
#include "common/model/scope.h"

struct grant {
	struct grant *next;
	int64_t id, from_us, until_us;
};

struct node {
	struct node *child[2];
	struct grant *grants;
	bool excluded;
};

struct scope {
	struct node *root[2]; /* IPv4, IPv6 */
	size_t n_prefixes;
};

struct scope *scope_new(void)
{
	return calloc(1, sizeof(struct scope));
}

/* Depth is at most 128, so recursion is bounded. */
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

static unsigned int bit_of(const struct addr *addr, unsigned int i)
{
	return addr->bytes[i / 8] >> (7 - i % 8) & 1;
}

static int find_node(struct scope *scope, const struct cidr *cidr, struct node **ret_node,
	struct error *reterr)
{
	struct node **at = &scope->root[cidr->base.family == 6];

	if (scope->n_prefixes >= SCOPE_PREFIXES_MAX)
		return error_set(reterr, ERROR_INPUT, "more than %d prefixes in the scope",
			SCOPE_PREFIXES_MAX);

	for (unsigned int i = 0;; i++) {
		if (!*at)
			*at = calloc(1, sizeof(**at));
		if (!*at)
			return error_set(reterr, ERROR_SYSTEM, "no memory for the scope");
		if (i == cidr->length)
			break;
		at = &(*at)->child[bit_of(&cidr->base, i)];
	}
	scope->n_prefixes++;
	*ret_node = *at;
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

enum scope_verdict scope_check(const struct scope *scope, const struct addr *addr,
	int64_t now_us, int64_t *ret_grant_id)
{
	enum scope_verdict verdict = SCOPE_NOT_GRANTED;
	const struct node *node = scope->root[addr->family == 6];
	unsigned int bits = addr->family == 6 ? 128 : addr->family == 4 ? 32 : 0;
	int64_t id = 0;

	if (addr_is_loopback(addr))
		verdict = SCOPE_ALLOWED;
	for (unsigned int i = 0; node; i++) {
		if (node->excluded)
			return SCOPE_EXCLUDED;
		for (const struct grant *g = node->grants; g; g = g->next) {
			if (now_us >= g->from_us && now_us < g->until_us) {
				verdict = SCOPE_ALLOWED;
				id = g->id;
			} else if (verdict == SCOPE_NOT_GRANTED) {
				verdict = SCOPE_NOT_NOW;
			}
		}
		if (i >= bits)
			break;
		node = node->child[bit_of(addr, i)];
	}
	if (ret_grant_id && verdict == SCOPE_ALLOWED)
		*ret_grant_id = id;
	return verdict;
}
