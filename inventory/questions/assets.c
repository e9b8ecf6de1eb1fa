/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to the asset files: which there are, and all that one of them says, with grade,
 * source, method, evidence and times of each statement. Reads only.
 */
#include "common/addr.h"
#include "inventory/inventory.h"
#include "inventory/questions/find.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* The row borrows from `rows`. */
static struct asset_row asset_of(const struct db_result *rows, size_t i)
{
	return (struct asset_row){
		.id = (uint64_t)db_get_int(rows, i, 0),
		.name = db_get_text(rows, i, 1),
		.role = db_get_text(rows, i, 2),
		.state = db_get_text(rows, i, 3),
		.vendor = db_get_text(rows, i, 4),
		.product = db_get_text(rows, i, 5),
		.os = db_get_text(rows, i, 6),
		.system = db_get_text(rows, i, 7),
		.addresses = db_get_text(rows, i, 8),
		.first_seen_us = db_get_int(rows, i, 9),
		.last_seen_us = db_get_int(rows, i, 10),
		.n_services = (uint32_t)db_get_int(rows, i, 11),
	};
}

int inventory_asset_list(struct inventory *inv, const struct asset_filter *filter,
	int (*row)(void *context, const struct asset_row *asset), void *context,
	struct error *reterr)
{
	static const struct asset_filter any;
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct cidr cidr = {0};
	int r = 0;

	filter = filter ? filter : &any;
	if (filter->address)
		r = cidr_parse(filter->address, &cidr, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_asset_list,
			DB_VALUES(db_text(filter->realm),
				filter->address ? db_cidr(&cidr) : db_null(),
				db_text(filter->system), db_text(filter->product),
				filter->port ? db_int(filter->port) : db_null(),
				db_text(filter->text), db_null(), db_text(filter->state)),
			&rows, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct asset_row asset = asset_of(rows, i);

		r = row(context, &asset);
	}
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

int asset_named(struct inventory *inv, const char *which, int64_t *ret_id, struct error *reterr)
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
				by_number ? db_null() : db_text(which)),
			&rows, reterr);
		if (r < 0)
			return r;
		r = db_rows(rows) == 0 ? 1 : db_rows(rows) > 1 ? 2 : 0;
		if (r == 0)
			*ret_id = db_get_int(rows, 0, 0);
	}
	return r;
}

/* The register speaks after what was observed of names and addresses, as schema/queries says. */
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
static int show_register(struct inventory *inv, int64_t id,
	int (*row)(void *context, const struct fact_row *fact), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_asset_register, DB_VALUES(db_int(id)), &rows, reterr);

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
	asset->name = asset->role = asset->state = asset->vendor = asset->product = asset->os =
		asset->system = asset->addresses = "";
}

int inventory_asset_show(struct inventory *inv, const char *which, struct asset_row *ret_asset,
	int (*row)(void *context, const struct fact_row *fact), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *asset = NULL, *facts = NULL;
	int64_t id = 0;
	int r = asset_named(inv, which, &id, reterr);

	if (r != 0)
		return r;
	r = db_run(inv->db, &query_asset_list,
		DB_VALUES(db_null(), db_null(), db_null(), db_null(), db_null(), db_null(),
			db_int(id), db_null()),
		&asset, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_asset_facts, DB_VALUES(db_int(id)), &facts, reterr);
	if (r < 0)
		return r;
	if (db_rows(asset) == 0)
		return 1;
	*ret_asset = asset_of(asset, 0);
	r = show_facts(facts, PLACE_FIRST, PLACE_AFTER_REGISTER, row, context);
	if (r == 0)
		r = show_register(inv, id, row, context, reterr);
	if (r == 0)
		r = show_facts(facts, PLACE_AFTER_REGISTER, PLACE_END, row, context);
	forget_texts(ret_asset);
	return r;
}
