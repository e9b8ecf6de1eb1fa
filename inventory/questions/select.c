/* SPDX-License-Identifier: Apache-2.0 */
/* Looking filters up; see select.h. */
#include "inventory/questions/select.h"

#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A list of at most so many bounds the questions that follow. */
#define WITHIN_MAX 5000

enum shape { SHAPE_PATTERN, SHAPE_PORT, SHAPE_RANGE, SHAPE_PREFIX, SHAPE_TIMES, SHAPE_NONE };

/* How a field is asked. Cost: the lower goes first. */
static const struct {
	const struct query *query;
	enum shape shape;
	int cost;
} leaves[FIELD_N] = {
	[FIELD_ADDRESS] = {&query_select_address, SHAPE_PREFIX, 1},
	[FIELD_CERTIFICATE] = {&query_select_certificate, SHAPE_PATTERN, 7},
	[FIELD_CII] = {&query_select_cii, SHAPE_NONE, 2},
	[FIELD_EXPOSED] = {&query_select_exposed, SHAPE_NONE, 3},
	[FIELD_FIRST_SEEN] = {&query_select_first_seen, SHAPE_TIMES, 6},
	[FIELD_IMPORTANCE] = {&query_select_importance, SHAPE_PATTERN, 3},
	[FIELD_KEY] = {&query_select_key, SHAPE_PATTERN, 6},
	[FIELD_LAST_SEEN] = {&query_select_last_seen, SHAPE_TIMES, 6},
	[FIELD_MAC] = {&query_select_mac, SHAPE_PATTERN, 6},
	[FIELD_NAME] = {&query_select_name, SHAPE_PATTERN, 4},
	[FIELD_ORGANISATION] = {&query_select_organisation, SHAPE_PATTERN, 2},
	[FIELD_OS] = {&query_select_os, SHAPE_PATTERN, 5},
	[FIELD_PORT] = {&query_select_port, SHAPE_PORT, 6},
	[FIELD_PRODUCT] = {&query_select_product, SHAPE_PATTERN, 6},
	[FIELD_PROTOCOL] = {&query_select_protocol, SHAPE_PATTERN, 7},
	[FIELD_ROLE] = {&query_select_role, SHAPE_PATTERN, 5},
	[FIELD_STATE] = {&query_select_state, SHAPE_PATTERN, 5},
	[FIELD_SYSTEM] = {&query_select_system, SHAPE_PATTERN, 1},
	[FIELD_TAG] = {&query_select_tag, SHAPE_PATTERN, 3},
	[FIELD_TEXT] = {&query_select_text, SHAPE_PATTERN, 8},
	[FIELD_TIER] = {&query_select_tier, SHAPE_RANGE, 2},
	[FIELD_VENDOR] = {&query_select_vendor, SHAPE_PATTERN, 7},
	[FIELD_VERSION] = {&query_select_version, SHAPE_PATTERN, 7},
	[FIELD_ZONE] = {&query_select_zone, SHAPE_PATTERN, 2},
};

struct selection {
	struct db *db;
	const char *realm;
	struct error *reterr;
};

void id_list_done(struct id_list *list)
{
	free(list->ids);
	*list = (struct id_list){0};
}

void id_list_format(const int64_t *ids, size_t n, struct str *out)
{
	char digits[ID_LIST_TEXT_MAX(1)];

	str_addc(out, '{');
	for (size_t i = 0; i < n; i++) {
		uint64_t rest = ids[i] < 0 ? -(uint64_t)ids[i] : (uint64_t)ids[i];
		char *first = digits + sizeof(digits);

		do
			*--first = (char)('0' + rest % 10);
		while (rest /= 10);
		if (ids[i] < 0)
			*--first = '-';
		if (i)
			*--first = ',';
		str_add(out, first, (size_t)(digits + sizeof(digits) - first));
	}
	str_addc(out, '}');
}

static int list_new(size_t room, struct id_list *ret, struct error *reterr)
{
	*ret = (struct id_list){0};
	if (room > SELECT_IDS_MAX)
		return error_set(reterr, ERROR_INPUT,
			"more than %d assets are meant; narrow the filter or name a realm",
			SELECT_IDS_MAX);
	ret->ids = malloc((room ? room : 1) * sizeof(*ret->ids));
	return ret->ids ? 0
			: error_set(reterr, ERROR_SYSTEM, "no memory for %zu assets", room);
}

/* ---- merging --------------------------------------------------------------------------- */

int id_list_merge(enum id_merge how, struct id_list *a, struct id_list *b, struct id_list *ret,
	struct error *reterr)
{
	struct id_list out;
	size_t i = 0, j = 0;
	int r = list_new(how == MERGE_EITHER ? a->n + b->n : a->n, &out, reterr);

	while (r == 0 && (i < a->n || (how == MERGE_EITHER && j < b->n))) {
		bool has_a = i < a->n, has_b = j < b->n;
		int64_t x = has_a ? a->ids[i] : 0, y = has_b ? b->ids[j] : 0;
		bool same = has_a && has_b && x == y, first = has_a && (!has_b || x < y);

		if (same ? how != MERGE_FIRST_ONLY : first && how != MERGE_BOTH)
			out.ids[out.n++] = x;
		else if (!same && !first && how == MERGE_EITHER)
			out.ids[out.n++] = y;
		i += same || first;
		j += same || !first;
	}
	id_list_done(a);
	id_list_done(b);
	*ret = out;
	return r;
}

/* ---- leaves ---------------------------------------------------------------------------- */

static size_t leaf_values(const struct selection *s, const struct filter_node *leaf,
	const char *within, struct db_value values[6])
{
	size_t n = 0;

	values[n++] = db_text(s->realm);
	values[n++] = db_text(within);
	switch (leaves[leaf->field].shape) {
	case SHAPE_PATTERN:
		values[n++] = db_text(leaf->pattern);
		break;
	case SHAPE_PORT:
		values[n++] = db_int(leaf->transport);
		values[n++] = db_int(leaf->low);
		values[n++] = db_int(leaf->high);
		break;
	case SHAPE_RANGE:
		values[n++] = db_int(leaf->low);
		values[n++] = db_int(leaf->high);
		break;
	case SHAPE_PREFIX:
		values[n++] = db_cidr(&leaf->cidr);
		break;
	case SHAPE_TIMES:
		values[n++] = db_time(leaf->low);
		values[n++] = db_time(leaf->high);
		break;
	case SHAPE_NONE:
		break;
	}
	return n;
}

static int ask(const struct selection *s, const struct query *query,
	const struct db_value *values, size_t n, struct id_list *ret)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(s->db, query, values, n, &rows, s->reterr);

	if (r == 0)
		r = list_new(db_rows(rows), ret, s->reterr);
	if (r < 0)
		return r;
	for (size_t i = 0; i < db_rows(rows); i++)
		ret->ids[i] = db_get_int(rows, i, 0);
	ret->n = db_rows(rows);
	return 0;
}

static int ask_leaf(const struct selection *s, const struct filter_node *leaf,
	const struct id_list *within, struct id_list *ret)
{
	_cleanup_(str_done) struct str bound = STR_INIT(ID_LIST_TEXT_MAX(WITHIN_MAX));
	struct db_value values[6];

	if (within)
		id_list_format(within->ids, within->n, &bound);
	return ask(s, leaves[leaf->field].query, values,
		leaf_values(s, leaf, within ? bound.data : NULL, values), ret);
}

/* ---- the tree -------------------------------------------------------------------------- */

static int cost_of(const struct filter_node *node)
{
	int left, right;

	switch (node->kind) {
	case NODE_LEAF:
		return leaves[node->field].cost;
	case NODE_NOT:
		return 100;
	default:
		left = cost_of(node->left);
		right = cost_of(node->right);
		if (node->kind == NODE_AND)
			return left < right ? left : right;
		return left > right ? left : right;
	}
}

static int walk(const struct selection *s, const struct filter_node *node,
	const struct id_list *within, struct id_list *ret);

static int walk_not(const struct selection *s, const struct filter_node *node,
	const struct id_list *within, struct id_list *ret)
{
	struct id_list all = {0}, named = {0};
	int r;

	if (within) {
		r = list_new(within->n, &all, s->reterr);
		if (r < 0)
			return r;
		memcpy(all.ids, within->ids, within->n * sizeof(*all.ids));
		all.n = within->n;
	} else {
		r = ask(s, &query_select_all, DB_VALUES(db_text(s->realm)), &all);
	}
	if (r == 0)
		r = walk(s, node->left, within, &named);
	if (r == 0)
		return id_list_merge(MERGE_FIRST_ONLY, &all, &named, ret, s->reterr);
	id_list_done(&all);
	return r;
}

static int walk_and(const struct selection *s, const struct filter_node *node,
	const struct id_list *within, struct id_list *ret)
{
	bool swap = cost_of(node->right) < cost_of(node->left);
	const struct filter_node *first = swap ? node->right : node->left;
	const struct filter_node *second = swap ? node->left : node->right;
	struct id_list a = {0}, b = {0};
	int r = walk(s, first, within, &a);

	if (r == 0 && a.n == 0) {
		*ret = a;
		return 0;
	}
	if (r == 0)
		r = walk(s, second, a.n <= WITHIN_MAX ? &a : within, &b);
	if (r == 0)
		return id_list_merge(MERGE_BOTH, &a, &b, ret, s->reterr);
	id_list_done(&a);
	return r;
}

static int walk_or(const struct selection *s, const struct filter_node *node,
	const struct id_list *within, struct id_list *ret)
{
	struct id_list a = {0}, b = {0};
	int r = walk(s, node->left, within, &a);

	if (r == 0)
		r = walk(s, node->right, within, &b);
	if (r == 0)
		return id_list_merge(MERGE_EITHER, &a, &b, ret, s->reterr);
	id_list_done(&a);
	return r;
}

static int walk(const struct selection *s, const struct filter_node *node,
	const struct id_list *within, struct id_list *ret)
{
	switch (node->kind) {
	case NODE_LEAF:
		return ask_leaf(s, node, within, ret);
	case NODE_NOT:
		return walk_not(s, node, within, ret);
	case NODE_AND:
		return walk_and(s, node, within, ret);
	default:
		return walk_or(s, node, within, ret);
	}
}

int select_assets(struct db *db, const struct filter_node *root, const char *realm,
	bool *ret_all, struct id_list *ret, struct error *reterr)
{
	const struct selection s = {db, realm, reterr};

	*ret = (struct id_list){0};
	*ret_all = !root && !realm;
	if (*ret_all)
		return 0;
	return root ? walk(&s, root, NULL, ret)
		    : ask(&s, &query_select_all, DB_VALUES(db_text(realm)), ret);
}

int select_all_assets(struct db *db, struct id_list *ret, struct error *reterr)
{
	const struct selection s = {db, NULL, reterr};

	return ask(&s, &query_select_all, DB_VALUES(db_null()), ret);
}
