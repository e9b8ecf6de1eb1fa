/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to the asset files: which there are, and all that one of them says, with grade,
 * source, method, evidence and times of each statement. Reads only.
 */
#include "inventory/questions/assets.h"

#include "common/addr.h"
#include "inventory/questions/find.h"
#include "inventory/questions/moment.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Assets whose rows are asked for at once. */
#define PAGE_ASSETS 500
#define MEMORY_MAX (4u << 20) /* of a filter */

/* The row borrows from `rows`. */
static struct asset_row asset_of(const struct db_result *rows, size_t i)
{
	return (struct asset_row){
		.id = (uint64_t)db_get_int(rows, i, 0),
		.realm = db_get_text(rows, i, 1),
		.name = db_get_text(rows, i, 2),
		.role = db_get_text(rows, i, 3),
		.state = db_get_text(rows, i, 4),
		.vendor = db_get_text(rows, i, 5),
		.product = db_get_text(rows, i, 6),
		.os = db_get_text(rows, i, 7),
		.system = db_get_text(rows, i, 8),
		.addresses = db_get_text(rows, i, 9),
		.first_seen_us = db_get_int(rows, i, 10),
		.last_seen_us = db_get_int(rows, i, 11),
		.n_services = (uint32_t)db_get_int(rows, i, 12),
		.n_exposed = (uint32_t)db_get_int(rows, i, 13),
		.tier = (int)db_get_int(rows, i, 14),
		.designation = db_get_text(rows, i, 15),
	};
}

/* ---- lists --------------------------------------------------------------------------- */

/* The parts of a filter as one expression; NULL: any. */
static int read_filter(struct arena *arena, const struct asset_filter *filter,
	struct filter_node **ret_root, struct error *reterr)
{
	char port[8];
	const struct {
		enum filter_field field;
		const char *op, *value;
	} parts[] = {
		{FIELD_ADDRESS, "=", filter->address},
		{FIELD_SYSTEM, "=", filter->system},
		{FIELD_PRODUCT, "~", filter->product},
		{FIELD_TEXT, "~", filter->text},
		{FIELD_PORT, "=", filter->port ? port : NULL},
	};
	struct filter_node *root = NULL;
	int r = 0;

	snprintf(port, sizeof(port), "%u", filter->port);
	if (filter->where)
		r = filter_parse(arena, filter->where, &root, reterr);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(parts); i++) {
		struct filter_node *leaf;

		if (!parts[i].value)
			continue;
		r = filter_leaf(
			arena, parts[i].field, parts[i].op, parts[i].value, &leaf, reterr);
		if (r == 0)
			root = filter_and(arena, root, leaf);
		if (r == 0 && !root)
			r = error_set(reterr, ERROR_SYSTEM, "no memory for the filter");
	}
	*ret_root = root;
	return r;
}

static bool mentions(const struct filter_node *node, enum filter_field field)
{
	return node && (node->kind == NODE_LEAF ? node->field == field
						: mentions(node->left, field) ||
							  mentions(node->right, field));
}

static int find_meant(struct db *db, const struct asset_filter *filter, bool *ret_all,
	bool *ret_says_state, struct id_list *ret, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(MEMORY_MAX);
	struct filter_node *root;
	int r;

	*ret = (struct id_list){0};
	if (!arena)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the filter");
	r = read_filter(arena, filter, &root, reterr);
	if (r < 0)
		return r;
	*ret_says_state = mentions(root, FIELD_STATE);
	return select_assets(db, root, filter->realm, ret_all, ret, reterr);
}

int asset_select(struct db *db, const struct asset_filter *filter, bool *ret_all,
	struct id_list *ret, struct error *reterr)
{
	bool says_state;

	return find_meant(db, filter, ret_all, &says_state, ret, reterr);
}

/* What is listed: which assets, by what, of which state. */
struct listing {
	const char *sort, *state;
	uint64_t limit;
	struct id_list meant;
	bool all;
};

static int find_listing(struct db *db, const struct asset_filter *filter, struct listing *ret,
	struct error *reterr)
{
	static const char *const orders[] = {
		"address", "name", "first-seen", "last-seen", "id"};
	bool known = false, says_state = false;
	int r;

	ret->sort = filter->sort ? filter->sort : orders[0];
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		known |= strcmp(ret->sort, orders[i]) == 0;
	if (!known)
		return error_set(reterr, ERROR_USAGE,
			"assets are sorted by address, name, first-seen, last-seen or id, not "
			"by \"%.32s\"",
			ret->sort);
	r = find_meant(db, filter, &ret->all, &says_state, &ret->meant, reterr);
	ret->state = filter->state ? filter->state : says_state ? "all" : NULL;
	ret->limit = filter->limit ? filter->limit : INT64_MAX;
	return r;
}

/* The assets meant, in the order of the list. */
static int find_order(struct db *db, const struct listing *listing,
	struct db_result **ret_order, struct error *reterr)
{
	_cleanup_(str_done) struct str array = STR_INIT(ID_LIST_TEXT_MAX(SELECT_IDS_MAX));

	if (!listing->all)
		id_list_format(listing->meant.ids, listing->meant.n, &array);
	if (array.failed)
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for %zu assets", listing->meant.n);
	return db_run(db, &query_asset_order,
		DB_VALUES(db_text(listing->all ? NULL : array.data), db_text(listing->sort),
			db_int((int64_t)listing->limit), db_text(listing->state)),
		ret_order, reterr);
}

/* Of so many: in the order in which they are named, or, `order` given, in that. */
static int list_page(struct db *db, const int64_t *ids, size_t n, const struct listing *order,
	int (*row)(void *context, const struct asset_row *asset), void *context,
	struct error *reterr)
{
	_cleanup_(str_done) struct str array = STR_INIT(PAGE_ASSETS * 21 + 2);
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r;

	id_list_format(ids, n, &array);
	r = db_run(db, &query_asset_rows,
		DB_VALUES(db_text(array.data), db_text(order ? order->sort : NULL),
			db_int(order ? (int64_t)order->limit : INT64_MAX),
			db_text(order ? order->state : "all")),
		&rows, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct asset_row asset = asset_of(rows, i);

		r = row(context, &asset);
	}
	return r;
}

static int list_pages(struct db *db, const struct listing *listing,
	int (*row)(void *context, const struct asset_row *asset), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *order = NULL;
	int64_t page[PAGE_ASSETS];
	size_t n = 0;
	int r = find_order(db, listing, &order, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(order); i++) {
		page[n++] = db_get_int(order, i, 0);
		if (n < PAGE_ASSETS && i + 1 < db_rows(order))
			continue;
		r = list_page(db, page, n, NULL, row, context, reterr);
		n = 0;
	}
	return r;
}

int inventory_asset_list(struct inventory *inv, const struct asset_filter *filter,
	int (*row)(void *context, const struct asset_row *asset), void *context,
	struct error *reterr)
{
	static const struct asset_filter any;
	_cleanup_(moment_leavep) struct db *then = NULL;
	struct listing listing = {0};
	int r;

	filter = filter ? filter : &any;
	r = moment_enter_unless_now(inv->db, &filter->moment, &then, reterr);
	if (r == 0)
		r = find_listing(inv->db, filter, &listing, reterr);
	if (r == 0 && !listing.all && listing.meant.n <= PAGE_ASSETS)
		r = list_page(inv->db, listing.meant.ids, listing.meant.n, &listing, row,
			context, reterr);
	else if (r == 0)
		r = list_pages(inv->db, &listing, row, context, reterr);
	id_list_done(&listing.meant);
	return r;
}

/* ---- one asset ----------------------------------------------------------------------- */

int64_t asset_number(const char *text)
{
	int base = strncmp(text, "0x", 2) == 0 ? 16 : 10;
	long long number;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return 0;
	errno = 0;
	number = strtoll(text, &end, base);
	return *end || errno ? 0 : number;
}

int asset_named_in(struct inventory *inv, int64_t realm, const char *which, int64_t *ret_id,
	struct error *reterr)
{
	struct addr addr = {0};
	int64_t number = asset_number(which);
	bool is_address = addr_parse(which, &addr, NULL) == 0;
	int r = 1;

	for (int by_number = number ? 1 : 0; by_number >= 0 && r == 1; by_number--) {
		_cleanup_(db_result_freep) struct db_result *rows = NULL;

		r = db_run(inv->db, &query_asset_find,
			DB_VALUES(by_number ? db_int(number) : db_null(),
				!by_number && is_address ? db_addr(&addr) : db_null(),
				by_number ? db_null() : db_text(which),
				realm ? db_int(realm) : db_null()),
			&rows, reterr);
		if (r < 0)
			return r;
		r = db_rows(rows) == 0 ? 1 : db_rows(rows) > 1 ? 2 : 0;
		if (r == 0)
			*ret_id = db_get_int(rows, 0, 0);
	}
	return r;
}

int asset_named(struct inventory *inv, const char *which, int64_t *ret_id, struct error *reterr)
{
	return asset_named_in(inv, 0, which, ret_id, reterr);
}

/* The register speaks after what was observed of names and addresses, as schema/queries
 * says. */
enum { PLACE_FIRST = 1, PLACE_AFTER_REGISTER = 6, PLACE_END = INT16_MAX };

/* The statements whose place is from `from` to before `to`; rows are in the order of places. */
static int show_facts(const struct db_result *rows, int64_t from, int64_t to,
	int (*row)(void *context, const struct fact_row *fact), void *context)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		int64_t place = db_get_int(rows, i, 11);
		struct fact_row fact = {
			.chapter = db_get_text(rows, i, 0),
			.attribute = db_get_text(rows, i, 1),
			.value = db_get_text(rows, i, 2),
			.grade = db_get_text(rows, i, 3),
			.source = db_get_text(rows, i, 4),
			.method = db_get_text(rows, i, 5),
			.evidence = db_get_text(rows, i, 6),
			.run_id = db_get_int(rows, i, 7),
			.first_seen_us = db_get_int(rows, i, 8),
			.last_seen_us = db_get_int(rows, i, 9),
			.until_us = db_get_int(rows, i, 10),
		};

		if (place >= from && place < to)
			r = row(context, &fact);
	}
	return r;
}

/* Attested by the register: first and last seen are imports that said it; the day for which its
 * paper speaks stands with the paper. */
static int show_register(struct inventory *inv, int64_t id, const struct moment *moment,
	int (*row)(void *context, const struct fact_row *fact), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int64_t time_us = moment->as_of_us ? moment->as_of_us : moment->known_us;
	int r = db_run(inv->db, &query_asset_register,
		DB_VALUES(db_int(id), db_time_or_null(time_us)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct fact_row fact = {
			.chapter = "register",
			.attribute = db_get_text(rows, i, 0),
			.value = db_get_text(rows, i, 1),
			.grade = "attested",
			.source = db_get_text(rows, i, 2),
			.method = db_get_text(rows, i, 3),
			.evidence = "",
			.first_seen_us = db_get_int(rows, i, 4),
			.last_seen_us = db_get_int(rows, i, 5),
		};

		r = row(context, &fact);
	}
	return r;
}

/* The texts end with the call; the figures stay. */
static void forget_texts(struct asset_row *asset)
{
	asset->realm = asset->name = asset->role = asset->state = asset->vendor =
		asset->product = asset->os = asset->system = asset->addresses =
			asset->designation = "";
}

int inventory_asset_show(struct inventory *inv, const char *which, const struct moment *moment,
	struct asset_row *ret_asset, int (*row)(void *context, const struct fact_row *fact),
	void *context, struct error *reterr)
{
	_cleanup_(moment_leavep) struct db *then = NULL;
	_cleanup_(db_result_freep) struct db_result *asset = NULL, *verdict = NULL,
						    *facts = NULL;
	char array[32];
	int64_t id = 0;
	int r = moment_enter_unless_now(inv->db, moment, &then, reterr);

	if (r == 0)
		r = asset_named(inv, which, &id, reterr);
	if (r != 0)
		return r;
	snprintf(array, sizeof(array), "{%" PRId64 "}", id);
	r = db_run(inv->db, &query_asset_rows,
		DB_VALUES(db_text(array), db_null(), db_int(1), db_text("all")), &asset,
		reterr);
	if (r == 0)
		r = db_run(
			inv->db, &query_asset_verdict, DB_VALUES(db_int(id)), &verdict, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_asset_facts, DB_VALUES(db_int(id)), &facts, reterr);
	if (r < 0)
		return r;
	if (db_rows(asset) == 0)
		return 1;
	*ret_asset = asset_of(asset, 0);
	r = show_facts(verdict, PLACE_FIRST, PLACE_END, row, context);
	if (r == 0)
		r = show_facts(facts, PLACE_FIRST, PLACE_AFTER_REGISTER, row, context);
	if (r == 0)
		r = show_register(inv, id, moment, row, context, reterr);
	if (r == 0)
		r = show_facts(facts, PLACE_AFTER_REGISTER, PLACE_END, row, context);
	forget_texts(ret_asset);
	return r;
}
