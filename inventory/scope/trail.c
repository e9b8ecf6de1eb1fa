/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit trail: append-only and hash-chained. The chain is written by the database function
 * audit_append(), serially, in the transaction of the act; it is recomputed here,
 * independently, with our own SHA-256 (FIPS 180-4). Form of the digest:
 * schema/migrations/0001_core.sql.
 */
#include "inventory/scope/trail.h"

#include "common/model/digest.h"
#include "common/text.h"
#include "inventory/store/queries.h"

#include <string.h>

#define PAGE_ROWS 2000

static void clean(struct str *out, const char *text, size_t max)
{
	str_init(out, max);
	if (text)
		text_clean(out, text, strlen(text), max);
}

int trail_add(struct inventory *inv, const char *what, const char *object, const char *detail,
	struct error *reterr)
{
	_cleanup_(str_done) struct str w, o, d;

	clean(&w, what, TRAIL_WHAT_MAX);
	clean(&o, object, TRAIL_OBJECT_MAX);
	clean(&d, detail, TRAIL_DETAIL_MAX);
	return db_run(inv->db, &query_audit_append,
		DB_VALUES(
			db_text(inv->actor), db_text(w.data), db_text(o.data), db_text(d.data)),
		NULL, reterr);
}

int inventory_audit(struct inventory *inv, const char *what, const char *object,
	const char *detail, struct error *reterr)
{
	return trail_add(inv, what, object, detail, reterr);
}

/* ---- reading -------------------------------------------------------------------------------
 */

int inventory_audit_list(struct inventory *inv, int64_t since_seq,
	int (*row)(void *context, const struct audit_row *audit), void *context,
	struct error *reterr)
{
	for (;;) {
		_cleanup_(db_result_freep) struct db_result *page = NULL;
		int r = db_run(inv->db, &query_audit_list,
			DB_VALUES(db_int(since_seq), db_int(PAGE_ROWS)), &page, reterr);

		if (r < 0)
			return r;
		for (size_t i = 0; i < db_rows(page); i++) {
			const struct audit_row audit = {
				.seq = db_get_int(page, i, 0),
				.time_us = db_get_int(page, i, 1),
				.actor = db_get_text(page, i, 2),
				.what = db_get_text(page, i, 3),
				.object = db_get_text(page, i, 4),
				.detail = db_get_text(page, i, 5),
				.hash_hex = db_get_text(page, i, 6),
			};

			r = row(context, &audit);
			if (r < 0)
				return r;
			since_seq = audit.seq;
		}
		if (db_rows(page) < PAGE_ROWS)
			return 0;
	}
}

/* ---- verification ------------------------------------------------------------------- */

struct check {
	uint8_t hash[DIGEST_SIZE]; /* of the entry before */
	char hex[DIGEST_HEX_SIZE];
	int64_t seq, rows, bad;
	struct digest *digest;
};

static void digest_number(struct digest *digest, uint64_t value, size_t size)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
	digest_update(digest, bytes, size);
}

static int check_row(void *context, const struct audit_row *audit)
{
	struct check *check = context;
	const char *const texts[] = {audit->actor, audit->what, audit->object, audit->detail};
	struct digest *digest = digest_new();

	if (!digest)
		return ERROR_SYSTEM;
	check->rows++;
	digest_update(digest, check->hash, sizeof(check->hash));
	digest_number(digest, (uint64_t)audit->seq, 8);
	digest_number(digest, (uint64_t)audit->time_us, 8);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		digest_number(digest, strlen(texts[i]), 4);
		digest_update(digest, texts[i], strlen(texts[i]));
	}
	digest_value(digest, check->hash);
	digest_free(digest);
	digest_hex(check->hash, check->hex);
	if (!check->bad &&
		(audit->seq != check->seq + 1 || strcmp(check->hex, audit->hash_hex) != 0))
		check->bad = audit->seq;
	check->seq = audit->seq;
	return 0;
}

int inventory_audit_verify(
	struct inventory *inv, int64_t *ret_rows, int64_t *ret_bad_seq, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *head = NULL;
	struct check check = {0};
	int r;

	/* The head is read first: entries added meanwhile lie behind it. */
	r = db_run(inv->db, &query_audit_head, DB_NO_VALUES, &head, reterr);
	if (r < 0)
		return r;
	digest_hex(check.hash, check.hex);
	r = inventory_audit_list(inv, 0, check_row, &check, reterr);
	if (r == ERROR_SYSTEM)
		return error_set(reterr, r, "no memory to verify the audit trail");
	if (r < 0)
		return r;
	if (!check.bad && db_rows(head) == 0)
		check.bad = check.seq + 1;
	else if (!check.bad && check.seq < db_get_int(head, 0, 0))
		check.bad = check.seq + 1; /* the end was cut off */
	else if (!check.bad && check.seq == db_get_int(head, 0, 0) &&
		 strcmp(check.hex, db_get_text(head, 0, 1)) != 0)
		check.bad = check.seq;
	*ret_rows = check.rows;
	*ret_bad_seq = check.bad;
	return 0;
}
