/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inventory's door: from observations to asset files, determinations and the snapshot
 * that the mapper draws. Owns the database connection; never sees a raw packet.
 *
 * Rows are handed out through callbacks, borrowed for the duration of the call; a callback
 * returns 0, or a negative code to stop, which the call then returns. Text is clean UTF-8;
 * unknown text is "", never NULL. Times are microseconds since 1970 UTC, wall clock; 0: none.
 * Strings that are passed in stay the caller's. Every call may fail with ERROR_DATABASE, whose
 * text says what to do, and then has changed nothing; ERROR_SYSTEM is memory. Further errors
 * stand with the calls.
 */
#ifndef INVENTORY_INVENTORY_H
#define INVENTORY_INVENTORY_H

#include "common/cleanup.h"
#include "common/error.h"
#include "common/model/bundle.h"
#include "common/model/estate.h"
#include "common/str.h"
#include "common/model/scope.h"

#include <stdbool.h>
#include <stdint.h>

struct inventory;

/* ---- the database ---------------------------------------------------------------------- */

/* Where else stands what opens it, an argument or a configuration: inventory_forget() wipes
 * that too. In memory that may be written and stays; NULL is accepted. */
void inventory_secret(char *text);
/* Opens the inventory, applying missing migrations. dsn NULL: the environment CADASTRE_DB, then
 * libpq's own variables (PGHOST, PGSERVICE, ...), then the private cluster, which is created
 * on first use and started if needed. ERROR_DATABASE says what to do. */
int inventory_open(const char *dsn, struct inventory **ret_inv, struct error *reterr);
/* Closes; stops the private cluster if this process started it and nobody else uses it. */
void inventory_free(struct inventory *inv);
CLEANUP_DEFINE(struct inventory, inventory_free)
/* In a process that was forked and is about to be confined: wipes what opens the database. It
 * must not be used there any more. NULL is accepted. */
void inventory_forget(struct inventory *inv);

struct inventory_status {
	char server[64];     /* "15.20" */
	char where[256];     /* private cluster's directory, or host and database */
	bool is_private;
	int schema, newest_schema;
	int64_t assets, services, runs,
		size_bytes; /* as last known; of the database, in bytes */
};
int inventory_status(struct inventory *inv, struct inventory_status *ret, struct error *reterr);

/* The directory of what this user's programs keep on this machine: CADASTRE_DATA, or where it
 * is without that. It need not be there yet. */
int inventory_directory(char *out, size_t size, struct error *reterr);
/* Stops the private cluster. 1 if it was not running. */
int inventory_cluster_stop(struct error *reterr);
/* Writes the whole register to a file, which appears complete or not at all. */
int inventory_backup(struct inventory *inv, const char *path, struct error *reterr);
/* Fills an empty database from a backup, whole or not at all. dsn as in inventory_open();
 * ERROR_INPUT: no backup; ERROR_DATABASE also if the database holds a register already. */
int inventory_restore(const char *dsn, const char *path, struct error *reterr);

/* Opens a database that may be a node of a register, by itself: for its status and its
 * backup. */
int inventory_open_any(const char *dsn, struct inventory **ret_inv, struct error *reterr);

/* ---- nodes: a register that is spread over several databases ----------------------------- */

/* Buckets of asset_id are owned by nodes; "home" is the database that was opened. `conninfo` as
 * libpq writes it, without a password (ERROR_USAGE). A node's own faults are ERROR_DATABASE
 * with a text that names it. Each of these leaves an entry in the trail. */
int inventory_node_add(struct inventory *inv, const char *name, const char *conninfo,
	struct error *reterr);
/* ERROR_USAGE if it owns buckets. */
int inventory_node_remove(struct inventory *inv, const char *name, struct error *reterr);

struct node_moved {
	int64_t buckets, rows;
};
/* Moves "FIRST-LAST" with all that is known of its assets; what was cut short is settled first.
 * On error ret_moved says what was moved before it. */
int inventory_node_move(struct inventory *inv, const char *buckets, const char *to,
	struct node_moved *ret_moved, struct error *reterr);

struct node_row {
	const char *name, *where, *buckets; /* where: without a password; "" for home */
	const char *state;                  /* "answers", or why not */
	uint32_t n_buckets;
	int64_t assets;
};
int inventory_node_list(struct inventory *inv,
	int (*row)(void *context, const struct node_row *node), void *context,
	struct error *reterr);

struct node_check {
	const char *node, *what, *found;
	bool good;
};
/* 1 if something is not as it should be. */
int inventory_node_check(struct inventory *inv,
	int (*row)(void *context, const struct node_check *check), void *context,
	struct error *reterr);

/* ---- authorisation and audit ----------------------------------------------------------- */

struct authorisation {
	int64_t id;
	const char *realm, *authoriser, *basis,
		*profile; /* profile: safe, standard, thorough */
	const struct cidr *cidrs;
	size_t n_cidrs;
	const struct cidr *excludes;
	size_t n_excludes;
	int64_t from_us, until_us, revoked_us; /* wall time; revoked 0: not */
	uint32_t rate_pps;                     /* 0: the profile's */
};

/* Records a grant and its trail. ERROR_USAGE if it lacks an authoriser, basis or prefix, or its
 * times do not fit. */
int inventory_scope_grant(struct inventory *inv, const struct authorisation *auth,
	int64_t *ret_id, struct error *reterr);
/* 1 if there is no such authorisation or it is revoked already. */
int inventory_scope_revoke(struct inventory *inv, int64_t id, const char *reason,
	struct error *reterr);
int inventory_scope_list(struct inventory *inv, int64_t id /* 0: all */,
	int (*row)(void *context, const struct authorisation *auth), void *context,
	struct error *reterr);
/* The compiled scope of one realm, for what is done with a profile and at a rate: all
 * authorisations that are not revoked and allow at least that; "safe", 0: any. What one of them
 * excludes is excluded whatever it allows. */
int inventory_scope_load(struct inventory *inv, const char *realm, const char *profile,
	uint32_t rate_pps, struct scope **ret_scope, struct error *reterr);

/* One row in the append-only, hash-chained trail. `what` is a dotted verb ("scope.refuse"),
 * `detail` free text. */
int inventory_audit(struct inventory *inv, const char *what, const char *object,
	const char *detail, struct error *reterr);

struct audit_row {
	int64_t seq, time_us;
	const char *actor, *what, *object, *detail, *hash_hex;
};
/* The rows after `since_seq`, oldest first; hash_hex is SHA-256. */
int inventory_audit_list(struct inventory *inv, int64_t since_seq,
	int (*row)(void *context, const struct audit_row *audit), void *context,
	struct error *reterr);
/* Recomputes the chain. ret_bad_seq 0 if whole, else the first row that does not fit. */
int inventory_audit_verify(struct inventory *inv, int64_t *ret_rows, int64_t *ret_bad_seq,
	struct error *reterr);

/* ---- runs and intake ------------------------------------------------------------------- */

struct intake_result {
	int64_t run_id;
	bool already; /* this bundle id was taken before: nothing changed */
	bool truncated; /* the stream stopped without trailer: what came was kept */
	bool stopped; /* the scan was, before its end: nothing is concluded from what it did not
			 find */
	uint64_t taken;
	bool late; /* a newer run had looked at the same: filed as history */
	int64_t future_us,
		clock_us; /* first observation from the future, and the clock; else 0 */
	/* taken + refused + unplaced = observations in the bundle */
	uint64_t refused_scope, refused_invalid;
	uint64_t
		unplaced; /* late, and about a station without an address: in no asset's file */
	uint64_t assets_new, assets_seen, assets_quiet;
	uint64_t services_new, services_changed, services_gone;
	uint64_t facts_written; /* fact rows added or closed by this run; 0 = no change */
};

/* Reads a bundle to its end and files it: COPY into unlogged staging, one set-based merge, one
 * transaction. Opens and closes a run row. `plan_text` says what was asked, for the trail.
 * ERROR_PARTIAL if the stream was cut short but was filed; ret_result is then valid. */
int inventory_intake(struct inventory *inv, int fd, const char *name, const char *plan_text,
	struct intake_result *ret_result, struct error *reterr);

/* ---- identity ---------------------------------------------------------------------------- */

struct match_row {
	const char *realm, *kind; /* "merge", "split", "proposal", "conflict" */
	uint64_t asset_id, other_id; /* other 0: none */
	const char *asset, *other, *keys, *reason;
	int score;
};
struct match_options {
	const char *realm; /* NULL: all */
	bool dry_run; /* nothing is kept */
	int (*row)(void *context, const struct match_row *row);
	/* What is being done, of which realm, with how many addresses; NULL: nobody looks. */
	void (*progress)(void *context, const char *what, const char *realm, uint64_t n);
	void *context;
};
/* Compares all assets of a realm with each other by their keys, as intake does for the assets
 * that a bundle concerns, and files what follows as a run of its own; one transaction for each
 * realm. ERROR_INPUT if there is no such realm. */
int inventory_asset_match(struct inventory *inv, const struct match_options *options,
	uint64_t *ret_decisions, struct error *reterr);

/* ---- questions --------------------------------------------------------------------------- */

struct asset_row {
	uint64_t id;
	const char *realm, *name, *role, *state, *vendor, *product, *os, *system, *addresses;
	int64_t first_seen_us, last_seen_us;
	uint32_t n_services, n_exposed; /* exposed: seen from the Internet */
	int tier;		 /* protection tier of its system, 0: none */
	const char *designation; /* list number of its system, or "" */
};

/* The time that a question is about. Both 0: now. */
struct moment {
	int64_t as_of_us; /* what held then, 0: now */
	int64_t known_us; /* by what was filed until then, 0: now */
};

struct asset_filter {
	const char *where; /* an expression, docs/queries.md; NULL: any */
	const char *realm, *address, *system, *product, *text; /* NULL: any */
	const char *state; /* "seen", "quiet", "retired", "all"; NULL: all but retired */
	uint16_t port; /* 0: any */
	const char *sort; /* address (NULL), name, first-seen, last-seen, id */
	uint64_t limit; /* 0: none */
	struct moment moment;
};
/* The asset files that pass every part of the filter (NULL: all), in order, as they come from
 * the database: memory is that of their ids. `address` is a prefix or an address; `product` and
 * `text` are found anywhere in the words, without regard to case. ERROR_USAGE if a part is not
 * well formed. */
int inventory_asset_list(struct inventory *inv, const struct asset_filter *filter,
	int (*row)(void *context, const struct asset_row *asset), void *context,
	struct error *reterr);

/* One statement of an asset file, with where it comes from. */
struct fact_row {
	/* In this order: "verdict", "identity", "name", "address", "register", "device",
	 * "software", "service", "exposure", "link", "path", "statement"; "decision" stands
	 * after "identity". Verdict: what is made of all others about operating system and
	 * hardware. Attributes: "os", "vendor", "model", "device"; each then with
	 * ".confidence", ".reason", ".besides" (what neither agrees nor counts),
	 * ".contradiction". */
	const char *chapter;
	const char *attribute, *value;
	const char *grade, *source, *method, *evidence; /* evidence: SHA-256 hex, or "" */
	int64_t run_id; /* 0: said by the register, or a verdict: not by a run */
	int64_t first_seen_us, last_seen_us, until_us; /* until 0: still true */
};
/* `which`: asset id, alias, address or name. 1 if nothing matches; 2 if several do. The texts
 * of ret_asset are good during the callbacks; after the call only its figures are. At another
 * moment: what held then. */
int inventory_asset_show(struct inventory *inv, const char *which, const struct moment *moment,
	struct asset_row *ret_asset,
	int (*row)(void *context, const struct fact_row *fact), void *context,
	struct error *reterr);

struct change_row {
	int64_t time_us, run_id;
	const char *kind; /* "appeared", "gone", "changed" */
	uint64_t asset_id;
	const char *asset, *subject, *before, *after;
};
struct change_filter {
	/* From one moment to another: what the runs that count for the second and not for the
	 * first found different. The first: before everything if both its times are 0. */
	struct moment from, to;
	const char *baseline; /* instead of `from`; NULL: none */
	int64_t run_id;	      /* 0: any */
	const char *realm, *where; /* NULL: any */
	bool net; /* the difference of the two moments: what came and went between is nothing */
};
/* By run and asset; of a baseline, the assets that its filter meant then or means now, and what
 * they were merged into. That a service became seen from the Internet, or no longer is, is a
 * row of its own. ERROR_INPUT if there is no such baseline. */
int inventory_changes(struct inventory *inv, const struct change_filter *filter,
	int (*row)(void *context, const struct change_row *change), void *context,
	struct error *reterr);

/* ---- runs -------------------------------------------------------------------------------- */

struct run_row {
	int64_t id;
	const char *realm, *vantage, *tool, *plan, *outcome, *bundle;
	int64_t started_us, ended_us, filed_us;
	int64_t taken, refused_scope, refused_invalid, assets_new, assets_seen, assets_quiet,
		services_new, services_changed, services_gone, facts_written;
	bool late;
};
int inventory_run_list(struct inventory *inv, const char *realm /* NULL: any */,
	int64_t id /* 0: all */, int (*row)(void *context, const struct run_row *run),
	void *context, struct error *reterr);

/* What a run looked at, and what its producer counted: "coverage" rows (prefix, method,
 * transport and ports) and "counter" rows. */
struct run_detail {
	const char *kind, *name, *value;
};
int inventory_run_show(struct inventory *inv, int64_t id,
	int (*row)(void *context, const struct run_detail *detail), void *context,
	struct error *reterr);

/* ---- baselines --------------------------------------------------------------------------- */

struct baseline_row {
	const char *name, *realm, *filter, *sha256, *author, *reason;
	int64_t as_of_us, known_us, frozen_us;
	int64_t assets, facts;
};
/* Freezes the assets that a filter means (its `where` and `realm`) at its moment under a name,
 * with the hash of their facts and a trail row. ERROR_INPUT if the name is taken or there is no
 * such realm; ERROR_USAGE if author, reason or name is blank. */
int inventory_baseline_freeze(struct inventory *inv, const char *name,
	const struct asset_filter *filter, const char *author, const char *reason,
	struct baseline_row *ret_row, struct error *reterr);
int inventory_baseline_list(struct inventory *inv, const char *name /* NULL: all */,
	int (*row)(void *context, const struct baseline_row *baseline), void *context,
	struct error *reterr);
/* Reckons the hash anew. 1 if it is not what was frozen; ERROR_INPUT if there is no such
 * baseline. */
int inventory_baseline_verify(struct inventory *inv, const char *name,
	char ret_sha256[65], struct error *reterr);

/* The facts that were frozen, as they are hashed: kind and columns between tabs, by asset. 1,
 * after all of them, if they are not what was frozen. */
int inventory_baseline_show(struct inventory *inv, const char *name,
	int (*fact)(void *context, uint64_t asset_id, const char *line), void *context,
	char ret_sha256[65], struct error *reterr);

/* ---- decisions by hand ------------------------------------------------------------------- */

/* Who decides and why. `reason` must say something, ERROR_USAGE if not or if longer than 2000
 * bytes; `by` NULL: who runs the program. Both are cleaned. With `dry_run` everything is done
 * and nothing is kept, and `reason` may be NULL. */
struct decision_words {
	const char *by, *reason;
	bool dry_run;
};

/* What a decision moves (`asset_id`: where it is from now on), or what speaks against it. */
struct decision_part {
	const char *what; /* "against", "address", "name", "service", "key", "fact", "link",
			     "path" */
	const char *subject, *value;
	uint64_t asset_id;
};

struct decision_result {
	int64_t id, run_id; /* of a preview: those that would be; run 0: nothing moves */
	char kind[16];      /* "merge", "split", "retire", "revive", "undo" */
	uint64_t asset_id, other_id; /* as in decision_row */
	uint64_t addresses, names, services, keys, facts, links, paths, against;
	uint64_t again; /* later merges taken down and decided again, under new numbers */
};

/* Each is all or nothing. `asset` is a number, an address or a name. ERROR_INPUT if it names
 * none, several or an alias, or if what stands in the way has to be undone first, which the
 * text says.
 *
 * merge: `asset` becomes an alias of `into`; both of one realm, neither retired. */
int inventory_asset_merge(struct inventory *inv, const char *asset, const char *into,
	const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr);

/* Addresses and keys ("type=value") leave for a new asset, ret_result's other_id, with all that
 * is filed there; or `apart_from` says which asset is another one, and nothing moves. */
struct split_request {
	const char *const *addresses, *const *keys;
	size_t n_addresses, n_keys;
	const char *apart_from; /* NULL, or alone */
};
int inventory_asset_split(struct inventory *inv, const char *asset,
	const struct split_request *request, const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr);
/* Undoes the merge, by hand or by the program, that made `alias` (a number) one of `asset`. */
int inventory_asset_unmerge(struct inventory *inv, const char *asset, const char *alias,
	const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr);

int inventory_asset_retire(struct inventory *inv, const char *asset,
	const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr);
int inventory_asset_revive(struct inventory *inv, const char *asset,
	const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr);

/* Decides the opposite of a decision in force. What was learnt since is kept, by the asset
 * whose addresses and keys it belongs to. */
int inventory_decision_undo(struct inventory *inv, int64_t id,
	const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr);

struct decision_row {
	int64_t id, decided_us, run_id, undoes, undone_us; /* undone 0: in force */
	const char *realm,
		*kind; /* merge: asset is an alias of other; split: other left asset */
	uint64_t asset_id, other_id;
	const char *asset, *other; /* names as they are now */
	const char *verdict;       /* "auto", "manual" */
	const char *author, *reason, *keys, *undone_by, *undone_reason;
};
/* Merges, splits and retirements, by hand or by the program, the oldest first. 1, 2: as for
 * inventory_asset_show(). */
int inventory_decisions(struct inventory *inv, const char *realm /* NULL: all */,
	const char *which /* NULL: all */,
	int (*row)(void *context, const struct decision_row *decision), void *context,
	struct error *reterr);

struct review_row {
	const char *kind, *realm, *asset, *system, *subject, *detail;
	uint64_t asset_id; /* 0: of no asset */
	int64_t since_us;
};
struct review_filter {
	const char *realm, *kind, *system; /* NULL: any */
};
/* What a person should look at, by kind. */
int inventory_review(struct inventory *inv, const struct review_filter *filter,
	int (*row)(void *context, const struct review_row *review), void *context,
	struct error *reterr);

/* ---- register, norms, designation -------------------------------------------------------- */

/* What an import wrote or ended: an organisation or system counts once, whichever of its
 * statements changed; rules are assets rules and subnets; others are what the other tables
 * hold. `written` and `ended` count rows, `unchanged` the statements that were held already.
 * `circle`: systems that depend on each other, "a -> b -> a", or "". */
struct register_result {
	uint64_t organisations, systems, businesses, rules, dependencies, others;
	uint64_t written, ended, unchanged;
	char circle[512];
};
/* Takes a register whole or not at all: a file of XML or CSV ("-": standard input), or a
 * directory of CSV files. `encoding` of CSV, NULL to detect; `realm` for CSV that names none,
 * or NULL. ERROR_INPUT says file, line and what to correct. */
int inventory_register_take(struct inventory *inv, const char *path, const char *encoding,
	const char *realm, struct register_result *ret_result, struct error *reterr);
/* The same, of a file that says everything itself. */
int inventory_register_import(struct inventory *inv, const char *path,
	struct register_result *ret_result, struct error *reterr);

enum register_form { REGISTER_FORM_XML, REGISTER_FORM_CSV };
/* Takes a piece of an export. `table`: of which table of the register it is; NULL in XML. */
typedef int (*register_write)(void *context, const char *table, const void *bytes, size_t n,
	struct error *reterr);
/* Writes all that the register says now of a realm (NULL: the only one), in a form that can be
 * imported: that changes nothing. `is_labelled`: Chinese headings in CSV. ERROR_USAGE if there
 * are several realms. */
int inventory_register_export(struct inventory *inv, const char *realm, enum register_form form,
	bool is_labelled, register_write write, void *context, struct error *reterr);
/* The headings of all tables, to be filled in. */
int inventory_register_template(bool is_labelled, register_write write, void *context,
	struct error *reterr);

struct register_said_row {
	const char *realm, *table, *entry, *attribute, *value, *as_of, *document;
	const char *imported; /* when the register learnt it */
};
typedef int (*register_said)(void *context, const struct register_said_row *row);
/* All that is said of a system or organisation, now or (day_us) on a day: its own statements
 * and those that name it. 1 if there is no such thing. */
int inventory_register_show(struct inventory *inv, const char *realm /* NULL: any */,
	const char *id, int64_t day_us, register_said said, void *context,
	struct error *reterr);

struct system_row {
	const char *id, *name, *organisation, *sector, *kind, *business, *strength;
	int tier;
	int64_t n_assets;
	const char *designation; /* list number, or "" */
};
/* Systems as attested now, by id. */
int inventory_system_list(struct inventory *inv, const char *id /* NULL: all */,
	int (*row)(void *context, const struct system_row *system), void *context,
	struct error *reterr);

/* Validates a pack file and runs its examples, in a confined process. Returns 1 if an example
 * fails. */
struct pack_result {
	char id[128], version[32], sha256[65];
	uint64_t examples, passed;
};
int inventory_pack_check(const char *path, struct pack_result *ret_result,
	int (*failure)(void *context, const char *example, const char *why), void *context,
	struct error *reterr);
/* Who answers for a pack that does not come with the program. */
struct pack_options {
	const char *signer; /* whose signature was verified, and by which key; NULL: none */
	const char *sha256; /* of the file it was verified for, in hex */
	int64_t signed_us;
	const char *unsigned_reason; /* why it is taken without; NULL: it is not */
};
/* Keeps a pack that passes its own examples, with who answers for it (`options` NULL: only one
 * that comes with the program). Parsed in a confined process. ERROR_INPUT if nobody answers for
 * it, an example fails, or its version is held with another content; ERROR_USAGE for a blank
 * reason. The same once more is no error. */
int inventory_pack_install(struct inventory *inv, const char *path,
	const struct pack_options *options, struct pack_result *ret_result,
	struct error *reterr);

struct pack_entry {
	const char *id, *version, *unit, *title, *authority, *effective_from, *effective_until;
	const char *supersedes, *sha256;
	const char *signed_by; /* "" if there is a reason, or from before that was asked for */
	const char *unsigned_reason; /* "" if it is signed */
	int64_t installed_us;
	bool in_force; /* it judges today */
};
/* The packs that are installed, by id, the newest version first. */
int inventory_pack_list(struct inventory *inv,
	int (*row)(void *context, const struct pack_entry *pack), void *context,
	struct error *reterr);

struct proposal_row {
	int64_t eval_id;
	const char *system_id, *system, *pack, *version;
	const char *outcome; /* cii, not, review, n/a, or what the pack calls it */
	int score;
	/* one line per criterion: id, verdict, weight, fact values, basis; if they were asked
	 * for */
	const char *const *reasons;
	size_t n_reasons;
	const char *missing; /* facts needed for a decision, comma-separated, or "" */
	const char *unit;    /* of what system_id is: system, organisation, zone, subnet */
	bool is_new;         /* it was made now; else it stood already */
	bool is_notable;     /* it says more than the lowest outcome, or needs a review */
};

struct identify_request {
	const char *pack;   /* only this; NULL: all in force */
	const char *system; /* only this subject; NULL: all, or those that can have changed */
	bool all;           /* all, whatever changed */
	bool reasons;
	unsigned int processes; /* that judge; 0: as many as there are processors */
	/* Called for each subject; may be NULL. Other than 0 stops it. total 0: not known. */
	int (*progress)(void *context, uint64_t done, uint64_t total);
	void *context;
};
struct identify_result {
	uint64_t subjects;  /* that the packs in force could judge */
	uint64_t chosen, judged; /* that were to be looked at, and that were there */
	uint64_t proposals, written; /* evaluations made; and kept, because they are new */
	uint64_t notable;   /* proposals that stand now and say more than no */
};
/* Judges subjects by the packs in force, in confined processes, and keeps what is new as
 * proposals. Without pack, system and all: those that what changed since the last
 * identification can reach. ERROR_INPUT if there is no such pack or system, or a process did
 * not survive a subject, which is named. All or nothing. */
int inventory_identify_ask(struct inventory *inv, const struct identify_request *request,
	int (*row)(void *context, const struct proposal_row *proposal), void *context,
	struct identify_result *ret_result, struct error *reterr);
/* The same of all, whatever changed, with reasons. */
int inventory_identify(struct inventory *inv, const char *pack /* NULL: all */,
	const char *system /* NULL: all */,
	int (*row)(void *context, const struct proposal_row *proposal), void *context,
	struct error *reterr);

struct proposal_filter {
	const char *pack, *system; /* NULL: all */
	bool silent_packs; /* also those of packs that do not apply (n/a) */
	bool reasons;
};
/* The proposals that stand, by realm, unit and subject; nothing is judged but, for their
 * reasons, again what is kept. */
int inventory_proposal_list(struct inventory *inv, const struct proposal_filter *filter,
	int (*row)(void *context, const struct proposal_row *proposal), void *context,
	struct error *reterr);

/* What a kept proposal says, made again from its pack and its facts. `difference`: what comes
 * out otherwise than it is kept, or "" if every byte is the same. */
struct replay {
	int64_t eval_id;
	const char *unit, *system_id, *pack, *version, *outcome, *missing, *inputs,
		*explanation;
	int score;
	const char *const *reasons;
	size_t n_reasons;
	const char *difference;
};
/* ERROR_INPUT if there is no such proposal. Borrowed for the call; what it returns but 0 is
 * returned. */
int inventory_replay(struct inventory *inv, int64_t eval_id,
	int (*replayed)(void *context, const struct replay *replay), void *context,
	struct error *reterr);

/* What an official does: accepts a proposal "cii"; decides otherwise than the proposal, to
 * enter a system or to decline one; takes an entry off the list. */
enum designate_act { DESIGNATE_ACCEPT, DESIGNATE_ENTER, DESIGNATE_DECLINE, DESIGNATE_WITHDRAW };

/* One decision. Texts are UTF-8 and are cleaned; NULL where none is given. */
struct designate_order {
	const char *const *systems; /* which it covers, each once */
	size_t n_systems;	    /* at most DESIGNATE_SYSTEMS_MAX */
	const char *official, *decision_no; /* at most 300 bytes */
	const char
		*authority; /* whose official: id in the register or name; NULL: the protection
			     * department of the register, else its competent department */
	const char *date;      /* of the decision, YYYY-MM-DD; NULL: today */
	const char *reason;    /* in words, at most 2000 bytes; must be given but to accept */
	const char *code;      /* to withdraw: change, norm-change, correction, withdrawal */
	const char *report_to; /* who is told besides the operator: id or name; NULL: the one
				* public-security organ of the register, else the Ministry */
	int64_t boundary;      /* the decided boundary of the one system; 0: none */
};
#define DESIGNATE_SYSTEMS_MAX 1000

struct designated_row {
	int64_t id; /* of the decision on this system */
	const char *system, *list_no; /* list_no "": not on the list */
	bool unbounded; /* entered, and no maximum boundary is known to compare later ones
			 with */
	int64_t notice,
		report; /* drafts to the operator and to the Ministry of Public Security */
};
/* Records one decision on all its systems, of one realm, with notices and trail, or none of it.
 * The number of a decision is given once for each authority. It rests on the newest proposal of
 * each system, which must still be what the norms in force say, and on which nobody decided yet
 * but where a case of the system was received; an entry that is withdrawn need not. Rows come
 * in the order given, once all is kept. ERROR_USAGE: words, dates; ERROR_INPUT: what cannot be
 * decided so, or that somebody else decided meanwhile. */
int inventory_designate(struct inventory *inv, enum designate_act act,
	const struct designate_order *order,
	int (*row)(void *context, const struct designated_row *designated), void *context,
	struct error *reterr);
/* Accepts the newest proposal of one system, today. */
int inventory_designate_accept(struct inventory *inv, const char *system, const char *official,
	const char *decision_no, int64_t *ret_id, struct error *reterr);

struct designation_row {
	int64_t id; /* of the decision */
	const char *list_no, *system_id, *system, *outcome, *pack, *version, *official,
		*decision_no, *reason, *evidence;
	int64_t valid_from_us, valid_until_us, recorded_us;
	const char *realm;
	int64_t eval_id, boundary; /* 0: none */
	const char *authority, *decided, *words;
	const char *pack_sha256, *pack_title, *pack_authority;
	/* As the register had it then, or "" */
	const char *organisation, *organisation_name, *credit_code, *division, *sector, *class,
		*kind;
	int tier;
	const char *notice,
		*report; /* "GX-7 of 2026-11-28, acknowledged 2026-12-02", "draft 3" */
};
struct designation_filter {
	int64_t as_of_us;    /* valid then; 0: now, or at known_us */
	int64_t known_us;    /* as the register knew it then; 0: now */
	const char *outcome; /* cii: the list; not: decided otherwise; withdrawn: taken off */
};
/* Decisions as they were valid at one time and known at another, by number on the list. */
int inventory_designation_list(struct inventory *inv, const struct designation_filter *filter,
	int (*row)(void *context, const struct designation_row *designation), void *context,
	struct error *reterr);

struct designation_version {
	int64_t id, eval_id, boundary;
	const char *realm, *system, *outcome, *list_no, *reason, *words, *decision_no, *decided,
		*official, *authority;
	const char *proposed; /* outcome of the proposal */
	int score;
	const char *missing, *pack, *version, *pack_sha256, *evidence, *notices;
	int64_t valid_from_us, valid_until_us, recorded_us;
};
/* All decisions of an entry by its number, or all on a system, oldest first. ERROR_INPUT if
 * there are none. */
int inventory_designation_show(struct inventory *inv, const char *which,
	int (*row)(void *context, const struct designation_version *version), void *context,
	struct error *reterr);

/* Systems of one group. Registered ones and those that left the register add up to all
 * states. */
struct designation_counts {
	const char *group, *name, *realm; /* realm: of an operator; else "" */
	int64_t systems; /* registered, without those of others */
	int64_t entries, declined, withdrawn; /* by what stands decided */
	int64_t proposed, review, undecided;  /* of the others by what the norms say */
	int64_t unregistered; /* decided on, and no longer registered */
	int64_t overdue;      /* cases */
};
/* `by`: sector, region, operator, class or outcome; ERROR_USAGE if it is none of them. */
int inventory_designation_statistics(struct inventory *inv, const char *by,
	const struct designation_filter *filter,
	int (*row)(void *context, const struct designation_counts *counts), void *context,
	struct error *reterr);

struct replay_row {
	int64_t id, eval_id;
	const char *list_no, *system, *decision_no, *pack, *version, *outcome;
	bool same;
	const char *detail; /* what differs, or "" */
};
/* Evaluates again, from the stored pack and the stored facts, what each decision rests on.
 * Returns 1 if one comes out otherwise than it is kept. ERROR_INPUT if there is no such entry
 * or system. */
int inventory_designation_replay(struct inventory *inv, const char *which /* NULL: all */,
	int (*row)(void *context, const struct replay_row *replay), void *context,
	struct error *reterr);

/* ---- notices ----------------------------------------------------------------------------- */

struct notice_row {
	int64_t id, designation_id, case_id; /* 0: none */
	const char *kind, *state; /* identification-result, report; draft, sent, acknowledged */
	const char *realm, *system, *from_org, *from, *to_org, *to, *basis;
	const char *made, *send_due, *number, *issued, *ack_due, *acknowledged,
		*acknowledged_by, *response;
	const char *due; /* the day of what comes next, or "" */
	bool overdue;
	const char *subject_zh, *subject_en, *text_zh, *text_en;
	int64_t recorded_us;
};
struct notice_filter {
	int64_t id;	    /* 0: all; ERROR_INPUT if there is none of that number */
	const char *system; /* NULL: any */
	bool open, overdue; /* only what waits to be sent or acknowledged; only what does too
			       long */
};
int inventory_notice_list(struct inventory *inv, const struct notice_filter *filter,
	int (*row)(void *context, const struct notice_row *notice), void *context,
	struct error *reterr);
/* A draft went out under a number on a day (NULL: today), not before the day of what it tells
 * of. Notices to one addressee on one day may share a number. ERROR_INPUT, ERROR_USAGE. */
int inventory_notice_send(struct inventory *inv, int64_t id, const char *number,
	const char *day, struct error *reterr);
/* What was sent was acknowledged. `response` may be NULL. */
int inventory_notice_acknowledge(struct inventory *inv, int64_t id, const char *by,
	const char *day, const char *response, struct error *reterr);

/* ---- exposure ---------------------------------------------------------------------------- */

/* What can be reached from the Internet vantage, and the ledger that says why it may be. Whose
 * a service is, is told by the register as it is now. */
struct exposure_filter {
	const char *realm, *organisation, *system, *kind, *address; /* NULL: any */
	int64_t as_of_us; /* 0: now */
	bool unjustified; /* only what has no entry in force */
};

struct exposure_row {
	const char *realm, *organisation, *system, *asset, *address, *port; /* "tcp/443" */
	uint64_t asset_id;
	/* web, administration, remote maintenance, industrial protocol, ..., unknown */
	const char *kind, *protocol, *product, *names, *certificate, *certificate_until;
	int64_t first_seen_us, last_seen_us;
	const char *state; /* justified, expired, unjustified */
	int64_t entry;	   /* of the ledger; 0: none */
	const char *reason, *approver, *document;
	int64_t expires_us;
	const char *exits; /* ids of the Internet exits that lead to it, with spaces */
	/* Of administration and remote maintenance: registered, expired or unregistered, and
	 * the statement of the register; else "" */
	const char *maintenance, *registration;
};
/* By realm, operator, system and address. ERROR_USAGE if `address` is none. */
int inventory_exposure_list(struct inventory *inv, const struct exposure_filter *filter,
	int (*row)(void *context, const struct exposure_row *exposure), void *context,
	struct error *reterr);

struct exposure_counts {
	int64_t time_us; /* trend only */
	/* operator and system, summary only; "" where the register says none */
	const char *realm, *organisation, *organisation_name, *system, *system_name;
	int64_t systems; /* trend only */
	/* exits: Internet exits that the register attests, also where nothing is exposed;
	 * unregistered: administration and remote maintenance without a registration in
	 * force */
	int64_t exits, addresses, services, names, certificates, administration, maintenance,
		industrial, unjustified, expired, unregistered;
};
/* As last known, one row for each system, or for each operator. */
int inventory_exposure_summary(struct inventory *inv, const struct exposure_filter *filter,
	bool by_operator, int (*row)(void *context, const struct exposure_counts *counts),
	void *context, struct error *reterr);
/* Remote maintenance as the register attests it beside administration and remote maintenance
 * that answers to the Internet vantage. state: registered, expired, unregistered; "not
 * observed" and "expired, not observed" of registrations that nothing answers for (address
 * ""). */
struct maintenance_row {
	const char *realm, *organisation, *system, *state, *address, *port, *kind, *asset;
	uint64_t asset_id; /* 0: none */
	const char *registration, *supplier, *supplier_name, *path, *valid_until, *assessment,
		*controls, *document;
};
/* Of the filter, realm, organisation and system count. */
int inventory_exposure_maintenance(struct inventory *inv, const struct exposure_filter *filter,
	int (*row)(void *context, const struct maintenance_row *maintenance), void *context,
	struct error *reterr);
/* At the end of each run from the Internet in [since, until), or of the days, weeks or months
 * that held one. `step`: run, day, week, month; ERROR_USAGE if it is none. */
int inventory_exposure_trend(struct inventory *inv, const struct exposure_filter *filter,
	const char *step, int64_t since_us, int64_t until_us,
	int (*row)(void *context, const struct exposure_counts *counts), void *context,
	struct error *reterr);

/* An entry of the ledger. */
struct justification {
	int64_t id;
	const char *realm;
	const char *prefix; /* address or prefix */
	/* "tcp/443,8000-8010", "udp/53" or "any" when written; read: transport and ports
	 * apart */
	const char *transport, *ports;
	const char *reason, *approver, *document, *author;
	int64_t recorded_us, expires_us, withdrawn_us;
	const char *withdrawn_by, *withdrawn_reason, *state; /* in force, expired, withdrawn */
	int64_t covers; /* exposed services now */
};
struct justify_result {
	int64_t id;		/* 0 in a preview */
	uint64_t covers,
		newly; /* exposed services covered, and those that nothing covered before */
};
/* Enters prefix, ports, reason, approver, document, author and expiry, with a trail row.
 * ERROR_USAGE if one of them but the document is missing, does not fit, or the expiry is past.
 * `preview`: counts only. */
int inventory_exposure_justify(struct inventory *inv, const struct justification *entry,
	bool preview, struct justify_result *ret_result, struct error *reterr);
/* 1 if there is no such entry or it is withdrawn already. */
int inventory_exposure_withdraw(struct inventory *inv, int64_t id, const char *author,
	const char *reason, struct error *reterr);
int inventory_exposure_ledger(struct inventory *inv, const char *realm /* NULL: any */,
	bool in_force, int (*row)(void *context, const struct justification *entry),
	void *context, struct error *reterr);

/* ---- exchange: files for others ---------------------------------------------------------- */

struct export_request {
	/* asset-file (NIST Asset Identification 1.1 XML), json (one asset a line), csv
	 * (assets), csv-services, cyclonedx (1.6 JSON), rfc8345 (networks and links, JSON of
	 * RFC 7951), nmap (XML; needs a realm) */
	const char *kind;
	const char *realm;		    /* NULL: the only one that there is */
	const char *system, *asset;	    /* of this system, or this asset; NULL: all */
	const char *sender;		    /* who gives the file; NULL: the operator */
	int64_t as_of_us;		    /* 0: now */
	/* Called as assets are written; may be NULL. Other than 0 stops the export. */
	int (*progress)(void *context, uint64_t assets);
	void *context;
};
struct export_result {
	uint64_t assets, services, facts, files, bytes;
};
/* Writes one moment of one realm; the file appears whole or not at all ("-": standard output).
 * The same register gives the same bytes. ERROR_INPUT: no such realm, system or asset. */
int inventory_export(struct inventory *inv, const struct export_request *request,
	const char *path, struct export_result *ret_result, struct error *reterr);

/* The same into a directory, which must be there: one file for each system of the realm that is
 * not somebody else's, or with `each_asset` for each asset that is not an alias; with a system
 * or an asset in the request, its file only. All of one moment; each file appears whole or not
 * at all, and those that are written stay if a later one fails. Named by the id in a form that
 * every file system takes: system-ID.xml, asset-NUMBER.xml. Not for nmap. */
int inventory_export_each(struct inventory *inv, const struct export_request *request,
	const char *directory, bool each_asset, struct export_result *ret_result,
	struct error *reterr);

/* ---- foreign files ---------------------------------------------------------------------- */

struct import_options {
	const char *realm;   /* into which it is imported; a bundle names its own */
	const char *vantage; /* "internal" or "internet"; a bundle names its own */
	const char *as;      /* name of the kind; NULL: by content */
	const char
		*signer; /* whose signature was verified, for the run and the trail; or NULL */
	const char *sha256;  /* the file must have this SHA-256, in hex; NULL: any */
};

/* Records that were not taken, by reason, with the first of them. line 0: not known. */
struct import_refusal {
	const char *reason;
	uint64_t n;
	long line;
	const char *what;
};

struct import_result {
	char kind[32], tool[BUNDLE_NAME_MAX]; /* what it is, and what made it, as it says */
	char sha256[65];                      /* of the file as it is */
	uint64_t refused;                     /* by the reader; the intake counts its own */
	struct intake_result intake;          /* unless is_register */
	bool is_register;
	struct register_result reg;
};

/* Takes one file: bundle, Nmap XML, Masscan's XML and JSON, host list, register; each but the
 * register also compressed by gzip. `path` "-": standard input. Parsed in a confined process.
 * ERROR_USAGE: the options; ERROR_INPUT says file, line and reason, and nothing was filed;
 * ERROR_PARTIAL: the file stops before its end, and what was whole was filed. The same content
 * again into the same realm changes nothing. */
int inventory_import(struct inventory *inv, const char *path,
	const struct import_options *options,
	int (*refusal)(void *context, const struct import_refusal *refusal), void *context,
	struct import_result *ret_result, struct error *reterr);

/* ---- for the mapper ---------------------------------------------------------------------- */

/* A snapshot of one realm. NULL: the only one that has assets; ERROR_USAGE if there are
 * several. The estate's arena owns it; free with arena_free(estate.arena). */
int inventory_estate_load(struct inventory *inv, const char *realm, struct estate *ret_estate,
	struct error *reterr);

/* Where the last sheet of a map had everything: appended to `ret_places`, nothing if there was
 * none. Bytes that only the mapper reads. */
int inventory_map_slots_load(struct inventory *inv, const char *realm, const char *map,
	struct str *ret_places, struct error *reterr);
int inventory_map_slots_store(struct inventory *inv, const char *realm, const char *map,
	const void *places, size_t size, struct error *reterr);
struct estate_request {
	const char *realm;
	struct moment moment;
	const char *baseline; /* instead of the moment: that of a frozen state; NULL: none */
	bool without_findings; /* open points of review are not counted, which takes long */
};
/* The same at another moment: all of what the register and the runs said then. ERROR_INPUT if
 * there is no such baseline. */
int inventory_estate_ask(struct inventory *inv, const struct estate_request *request,
	struct estate *ret_estate, struct error *reterr);

#include "inventory/boundaries.h"
#include "inventory/cases.h"
#include "inventory/tiers.h"

#endif
