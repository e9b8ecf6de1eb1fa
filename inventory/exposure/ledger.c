/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger of the exposed surface: entries that say why something may be reached from the
 * Internet, who approved it and until when. An entry is written once and can only be withdrawn;
 * the act and its trail row are one transaction. It changes nothing that was observed.
 *
 * Basis: guiding opinions 1960 (2020), II(5) and III(3).
 */
#include "common/addr.h"
#include "common/clock.h"
#include "inventory/inventory.h"
#include "inventory/intake/ports.h"
#include "inventory/scope/realm.h"
#include "inventory/scope/trail.h"
#include "inventory/scope/words.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <string.h>

#define WORDS_MAX 1000
#define NEEDER "an entry of the ledger"
#define RANGES_MAX 4096

struct entry {
	int64_t realm;
	struct cidr prefix;
	enum transport transport;
	struct str ranges, reason, approver, document, author;
};

static void entry_done(struct entry *entry)
{
	str_done(&entry->ranges);
	str_done(&entry->reason);
	str_done(&entry->approver);
	str_done(&entry->document);
	str_done(&entry->author);
}

static void entry_init(struct entry *entry)
{
	*entry = (struct entry){.ranges = STR_INIT(RANGES_MAX)};
	str_init(&entry->reason, WORDS_MAX);
	str_init(&entry->approver, WORDS_MAX);
	str_init(&entry->document, WORDS_MAX);
	str_init(&entry->author, WORDS_MAX);
}

/* "tcp/443,8000-8010", "udp/53" or "any". */
static int take_ports(struct entry *entry, const char *text, struct error *reterr)
{
	const char *slash = text ? strchr(text, '/') : NULL;
	char name[8];

	if (!text || !*text)
		return error_set(reterr, ERROR_USAGE,
			"an entry of the ledger needs the ports that it is about: tcp/443, "
			"udp/53, sctp/3868, or any");
	if (strcmp(text, "any") == 0) {
		str_adds(&entry->ranges, "{}");
		return 0;
	}
	if (slash && (size_t)(slash - text) < sizeof(name)) {
		snprintf(name, sizeof(name), "%.*s", (int)(slash - text), text);
		if (transport_parse(name, &entry->transport) && slash[1] &&
			ports_to_ranges(slash + 1, &entry->ranges))
			return 0;
		if (entry->ranges.failed)
			return error_set(reterr, ERROR_USAGE,
				"more ports than one entry of the ledger holds: %d bytes of "
				"ranges; make several",
				RANGES_MAX);
	}
	return error_set(reterr, ERROR_USAGE,
		"\"%.64s\" is no list of ports; write tcp/443, tcp/80,8000-8010, udp/53, sctp/3868 or any",
		text);
}

static int take_entry(struct inventory *inv, const struct justification *from,
	struct entry *entry, struct error *reterr)
{
	int r = cidr_parse(from->prefix ? from->prefix : "", &entry->prefix, reterr);

	if (r == 0)
		r = take_ports(entry, from->ports, reterr);
	if (r == 0)
		r = words_take(
			&entry->reason, NEEDER, "a reason", from->reason, WORDS_MAX, reterr);
	if (r == 0)
		r = words_take(&entry->approver, NEEDER, "an approver", from->approver,
			WORDS_MAX, reterr);
	if (r == 0)
		r = words_take(&entry->document, NULL, "the document", from->document,
			WORDS_MAX, reterr);
	if (r == 0)
		r = words_take(
			&entry->author, NEEDER, "an author", from->author, WORDS_MAX, reterr);
	if (r == 0 && from->expires_us <= clock_wall_us())
		r = error_set(reterr, ERROR_USAGE,
			"an entry of the ledger ends in the future: name the day when it is "
			"looked at again");
	return r < 0 ? r : realm_get(inv, from->realm, &entry->realm, reterr);
}

static int count_covered(struct db *db, const struct entry *entry,
	struct justify_result *ret_result, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *found = NULL;
	int r = db_run(db, &query_exposure_covered,
		DB_VALUES(db_int(entry->realm), db_cidr(&entry->prefix),
			db_int(entry->transport), db_text(entry->ranges.data)),
		&found, reterr);

	if (r < 0)
		return r;
	ret_result->covers = (uint64_t)db_get_int(found, 0, 0);
	ret_result->newly = (uint64_t)db_get_int(found, 0, 1);
	return 0;
}

static int add_entry(struct inventory *inv, const struct justification *from,
	const struct entry *entry, int64_t *ret_id, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *added = NULL;
	_cleanup_(str_done) struct str detail = STR_INIT(8 * WORDS_MAX);
	char object[64], prefix[CIDR_TEXT_MAX], until[CLOCK_TEXT_MAX];
	int r = db_run(inv->db, &query_exposure_justify,
		DB_VALUES(db_int(entry->realm), db_cidr(&entry->prefix),
			db_int(entry->transport), db_text(entry->ranges.data),
			db_text(entry->reason.data), db_text(entry->approver.data),
			db_text(entry->document.data), db_text(entry->author.data),
			db_time(from->expires_us)),
		&added, reterr);

	if (r < 0)
		return r;
	*ret_id = db_get_int(added, 0, 0);
	snprintf(object, sizeof(object), "entry %" PRId64, *ret_id);
	str_addf(&detail, "realm %s, %s %s until %s: %s; approved by %s%s%s; entered by %s",
		from->realm, cidr_format(&entry->prefix, prefix), from->ports,
		clock_format(from->expires_us, until), entry->reason.data, entry->approver.data,
		entry->document.len ? ", " : "", entry->document.data, entry->author.data);
	return trail_add(inv, "exposure.justify", object, detail.data, reterr);
}

int inventory_exposure_justify(struct inventory *inv, const struct justification *from,
	bool preview, struct justify_result *ret_result, struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *transaction = inv->db;
	_cleanup_(entry_done) struct entry entry;
	struct justify_result result = {0};
	int r;

	entry_init(&entry);
	r = db_begin(inv->db, reterr);
	if (r == 0)
		r = take_entry(inv, from, &entry, reterr);
	if (r == 0)
		r = count_covered(inv->db, &entry, &result, reterr);
	if (r == 0 && !preview)
		r = add_entry(inv, from, &entry, &result.id, reterr);
	if (r < 0)
		return r;
	*ret_result = result;
	return preview ? 0 : db_commit(transaction, reterr);
}

int inventory_exposure_withdraw(struct inventory *inv, int64_t id, const char *author,
	const char *reason, struct error *reterr)
{
	_cleanup_(str_done) struct str by = STR_INIT(WORDS_MAX), why = STR_INIT(WORDS_MAX);
	_cleanup_(db_rollbackp) struct db *transaction = inv->db;
	_cleanup_(db_result_freep) struct db_result *done = NULL;
	_cleanup_(str_done) struct str detail = STR_INIT(4 * WORDS_MAX);
	char object[64];
	int r = words_take(&by, NEEDER, "an author", author, WORDS_MAX, reterr);

	if (r == 0)
		r = words_take(&why, NEEDER, "a reason", reason, WORDS_MAX, reterr);
	if (r == 0)
		r = db_begin(inv->db, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_exposure_withdraw,
			DB_VALUES(db_int(id), db_text(by.data), db_text(why.data)), &done,
			reterr);
	if (r < 0)
		return r;
	if (db_affected(done) == 0)
		return 1;
	snprintf(object, sizeof(object), "entry %" PRId64, id);
	str_addf(&detail, "%s; by %s", why.data, by.data);
	r = trail_add(inv, "exposure.withdraw", object, detail.data, reterr);
	return r < 0 ? r : db_commit(transaction, reterr);
}

int inventory_exposure_ledger(struct inventory *inv, const char *realm, bool in_force,
	int (*row)(void *context, const struct justification *entry), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_exposure_ledger,
		DB_VALUES(db_text(realm), db_int(in_force)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct justification entry = {
			.id = db_get_int(rows, i, 0),
			.realm = db_get_text(rows, i, 1),
			.prefix = db_get_text(rows, i, 2),
			.transport = db_get_text(rows, i, 3),
			.ports = db_get_text(rows, i, 4),
			.reason = db_get_text(rows, i, 5),
			.approver = db_get_text(rows, i, 6),
			.document = db_get_text(rows, i, 7),
			.author = db_get_text(rows, i, 8),
			.recorded_us = db_get_int(rows, i, 9),
			.expires_us = db_get_int(rows, i, 10),
			.withdrawn_us = db_get_int(rows, i, 11),
			.withdrawn_by = db_get_text(rows, i, 12),
			.withdrawn_reason = db_get_text(rows, i, 13),
			.state = db_get_text(rows, i, 14),
			.covers = db_get_int(rows, i, 15),
		};

		r = row(context, &entry);
	}
	return r;
}
