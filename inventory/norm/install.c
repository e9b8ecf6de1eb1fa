/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking, installing and listing norm packs. A pack comes from somebody else, and what it
 * says decides what is proposed: it is parsed in a confined process only, and kept only if it
 * came with the program, if a signature by a trusted key was verified, or if somebody says why
 * it is taken without; trail and row keep which. A pack that is installed is kept byte for
 * byte, and a version never changes: another content needs another version.
 */
#include "inventory/boundary/boundary.h"
#include "inventory/inventory.h"

#include "common/clock.h"
#include "common/file.h"
#include "inventory/norm/embedded.h"
#include "inventory/norm/judge.h"
#include "inventory/norm/safexml.h"
#include "inventory/scope/words.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <stdio.h>
#include <string.h>

#define SHIPPED "shipped:"
#define SHIPPED_BY "shipped with the program"
#define REASON_MAX 300

/* ---- files --------------------------------------------------------------------------- */

static bool is_pack(const struct norm_embedded *file)
{
	size_t n = strlen(file->name);

	return n > 4 && strcmp(file->name + n - 4, ".xml") == 0;
}

static bool is_shipped(const struct str *bytes)
{
	for (size_t i = 0; i < norm_embedded_n; i++) {
		const struct norm_embedded *file = &norm_embedded_files[i];

		if (is_pack(file) && file->size == bytes->len &&
			memcmp(file->bytes, bytes->data, bytes->len) == 0)
			return true;
	}
	return false;
}

static int read_file(const char *path, struct str *bytes, struct error *reterr)
{
	const struct norm_embedded *file;

	if (strncmp(path, SHIPPED, strlen(SHIPPED)) != 0)
		return file_read(path, SAFEXML_PACK_MAX, bytes, reterr);
	file = norm_shipped_find(path + strlen(SHIPPED));
	if (!file)
		return error_set(reterr, ERROR_INPUT,
			"no norm pack \"%.100s\" is shipped with the program; give the path of "
			"a file instead",
			path + strlen(SHIPPED));
	str_add(bytes, file->bytes, file->size);
	return 0;
}

/* ---- checking ------------------------------------------------------------------------ */

static void describe(const struct judge_checked *checked, struct pack_result *result)
{
	*result =
		(struct pack_result){.examples = checked->examples, .passed = checked->passed};
	snprintf(result->id, sizeof(result->id), "%s", checked->pack.id);
	snprintf(result->version, sizeof(result->version), "%s", checked->pack.version);
	snprintf(result->sha256, sizeof(result->sha256), "%s", checked->pack.sha256);
}

int inventory_pack_check(const char *path, struct pack_result *ret_result,
	int (*failure)(void *context, const char *example, const char *why), void *context,
	struct error *reterr)
{
	_cleanup_(judge_checked_done) struct judge_checked checked = {0};
	_cleanup_(str_done) struct str bytes = STR_INIT(SAFEXML_PACK_MAX + 1);
	int r = read_file(path, &bytes, reterr);

	if (r == 0)
		r = judge_check(NULL, path, bytes.data, bytes.len, failure, context, &checked,
			reterr);
	if (r < 0)
		return r;
	describe(&checked, ret_result);
	return checked.passed < checked.examples;
}

/* ---- installing ---------------------------------------------------------------------- */

struct installation {
	struct inventory *inv;
	const char *path;
	struct str bytes;
	struct judge_checked checked;
	const struct pack_options *options;
	const char *signed_by;
	struct str reason; /* why it is not signed */
	struct str why;    /* of the first example that failed */
	struct error *reterr;
};

static void installation_done(struct installation *in)
{
	str_done(&in->bytes);
	str_done(&in->reason);
	str_done(&in->why);
	judge_checked_done(&in->checked);
}

static int note_failure(void *context, const char *example, const char *why)
{
	struct str *first = context;

	if (!first->len)
		str_addf(first, "example \"%s\": %s", example, why);
	return 0;
}

/* Who answers for it. */
static int check_origin(struct installation *in)
{
	static const struct pack_options nobody = {0};
	const struct pack_options *o = in->options ? in->options : &nobody;
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];

	in->signed_by = "";
	if (o->signer) {
		digest_sha256(in->bytes.data, in->bytes.len, digest);
		if (!o->sha256 || strcmp(digest_hex(digest, hex), o->sha256) != 0)
			return error_set(in->reterr, ERROR_INPUT,
				"%s: it changed after its signature was verified; nothing is "
				"installed", in->path);
		in->signed_by = o->signer;
		return 0;
	}
	if (is_shipped(&in->bytes)) {
		in->signed_by = SHIPPED_BY;
		return 0;
	}
	if (o->unsigned_reason)
		return words_take(&in->reason, "a norm pack without a signature", "a reason",
			o->unsigned_reason, REASON_MAX, in->reterr);
	return error_set(in->reterr, ERROR_INPUT,
		"%s: nobody answers for this norm pack: it is not shipped with the program, and no "
		"signature by a trusted key was verified; have its author sign it (`cadastre "
		"sign`) and name the trusted keys with --trusted, or say with --unsigned why "
		"it is taken without",
		in->path);
}

static void boundary_words(const struct pack_boundary *boundary, struct str *out)
{
	boundary_rule_words(&(struct boundary_rule){.seed = boundary->seed,
		.control = boundary->control, .business = boundary->business,
		.stop_device = boundary->stop_device, .stop_one_way = boundary->stop_one_way,
		.window_days = boundary->window_days}, out);
}

/* For the trail: what, and who answers for it. */
static int record(struct installation *in, const char *what)
{
	const struct judge_pack *pack = &in->checked.pack;
	_cleanup_(str_done) struct str object = STR_INIT(256), detail = STR_INIT(2048);

	str_addf(&object, "%s %s", pack->id, pack->version);
	str_addf(&detail, "sha256 %s; %s%s", pack->sha256,
		in->reason.len ? "not signed: " :
		strcmp(in->signed_by, SHIPPED_BY) == 0 ? "" : "signed by ",
		in->reason.len ? in->reason.data : in->signed_by);
	return inventory_audit(in->inv, what, object.data, detail.data, in->reterr);
}

/* Packs that supersede each other would all be silent, and nobody would be told. */
static int check_ring(struct installation *in)
{
	const struct judge_checked *checked = &in->checked;
	const struct judge_pack *pack = &checked->pack;
	_cleanup_(db_result_freep) struct db_result *ring = NULL;
	int r;

	if (!pack->supersedes[0])
		return 0;
	r = db_run(in->inv->db, &query_pack_ring,
		DB_VALUES(db_text(pack->id), db_text(pack->version),
			db_text(checked->effective_from), db_text(checked->effective_until),
			db_text(pack->supersedes), db_text(pack->unit)),
		&ring, in->reterr);
	if (r < 0 || db_rows(ring) == 0)
		return r;
	return error_set(in->reterr, ERROR_INPUT,
		"%s: norm packs would silence each other from %s on: %s; let one of them end "
		"(effective-until) or supersede nothing", in->path, db_get_text(ring, 0, 0),
		db_get_text(ring, 0, 1));
}

static int add(struct installation *in)
{
	const struct judge_checked *checked = &in->checked;
	_cleanup_(str_done) struct str rule = STR_INIT(512);
	const int64_t signed_us = in->options ? in->options->signed_us : 0;
	int r;

	boundary_words(&checked->pack.boundary, &rule);
	r = db_run(in->inv->db, &query_pack_add,
		DB_VALUES(db_text(checked->pack.id), db_text(checked->pack.version),
			db_text(checked->pack.sha256), db_text(checked->title.data),
			db_text(checked->authority.data), db_text(checked->effective_from),
			db_text(checked->effective_until), db_text(checked->pack.supersedes),
			db_bytes(in->bytes.data, in->bytes.len), db_text(checked->pack.unit),
			db_text(in->signed_by), db_time_or_null(signed_us),
			db_text(in->reason.data), db_int(checked->pack.designates),
			db_text(rule.data), db_text(checked->pack.boundary_basis)),
		NULL, in->reterr);
	return r < 0 ? r : record(in, "pack.install");
}

/* Somebody answers for it now. */
static int answer_for(struct installation *in)
{
	const struct judge_pack *pack = &in->checked.pack;
	const int64_t signed_us = in->options ? in->options->signed_us : 0;
	int r = db_run(in->inv->db, &query_pack_sign,
		DB_VALUES(db_text(pack->id), db_text(pack->version), db_text(in->signed_by),
			db_time_or_null(signed_us)),
		NULL, in->reterr);

	return r < 0 ? r : record(in, "pack.sign");
}

static int install(struct installation *in)
{
	const struct judge_pack *pack = &in->checked.pack;
	_cleanup_(db_result_freep) struct db_result *held = NULL;
	int r = db_run(in->inv->db, &query_identify_lock, DB_NO_VALUES, NULL, in->reterr);

	if (r == 0)
		r = db_run(in->inv->db, &query_pack_find,
			DB_VALUES(db_text(pack->id), db_text(pack->version)), &held,
			in->reterr);
	if (r < 0)
		return r;
	if (db_rows(held) == 0) {
		r = check_ring(in);
		return r < 0 ? r : add(in);
	}
	if (strcmp(db_get_text(held, 0, 0), pack->sha256) == 0)
		return in->signed_by[0] && !db_get_text(held, 0, 1)[0] ? answer_for(in) : 0;
	return error_set(in->reterr, ERROR_INPUT,
		"%s: the register holds another content as norm pack %s %s (sha256 %.16s, this "
		"one is %.16s); a version never changes: give the changed pack a new version",
		in->path, pack->id, pack->version, db_get_text(held, 0, 0), pack->sha256);
}

static int check(struct installation *in)
{
	int r = read_file(in->path, &in->bytes, in->reterr);

	if (r == 0)
		r = check_origin(in);
	if (r == 0)
		r = judge_check(in->inv, in->path, in->bytes.data, in->bytes.len, note_failure,
			&in->why, &in->checked, in->reterr);
	if (r == 0 && in->checked.passed < in->checked.examples)
		return error_set(in->reterr, ERROR_INPUT,
			"%s: the norm pack fails its own examples, so it is not installed: %s",
			in->path, in->why.data);
	return r;
}

int inventory_pack_install(struct inventory *inv, const char *path,
	const struct pack_options *options, struct pack_result *ret_result,
	struct error *reterr)
{
	_cleanup_(installation_done) struct installation in = {.inv = inv, .path = path,
		.options = options, .bytes = STR_INIT(SAFEXML_PACK_MAX + 1),
		.reason = STR_INIT(4 * REASON_MAX), .why = STR_INIT(512), .reterr = reterr};
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r = check(&in);

	if (r < 0)
		return r;
	describe(&in.checked, ret_result);
	r = db_begin(inv->db, reterr);
	if (r < 0)
		return r;
	transaction = inv->db;
	r = install(&in);
	return r < 0 ? r : db_commit(transaction, reterr);
}

/* ---- the list ------------------------------------------------------------------------ */

int inventory_pack_list(struct inventory *inv,
	int (*row)(void *context, const struct pack_entry *pack), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	char text[CLOCK_TEXT_MAX], today[11];
	int r;

	snprintf(today, sizeof(today), "%.10s", clock_format(clock_wall_us(), text));
	r = db_run(inv->db, &query_pack_list, DB_VALUES(db_text(today)), &rows, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		const struct pack_entry pack = {.id = db_get_text(rows, i, 0),
			.version = db_get_text(rows, i, 1),
			.unit = db_get_text(rows, i, 2),
			.title = db_get_text(rows, i, 3),
			.authority = db_get_text(rows, i, 4),
			.effective_from = db_get_text(rows, i, 5),
			.effective_until = db_get_text(rows, i, 6),
			.supersedes = db_get_text(rows, i, 7),
			.in_force = db_get_bool(rows, i, 8),
			.signed_by = db_get_text(rows, i, 9),
			.unsigned_reason = db_get_text(rows, i, 10),
			.sha256 = db_get_text(rows, i, 11),
			.installed_us = db_get_int(rows, i, 12)};

		r = row(context, &pack);
	}
	return r;
}
