/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inventory's door: from observations to asset files, determinations and the snapshot
 * that the mapper draws. Owns the database connection; never sees a raw packet.
 *
 * Rows are handed out through callbacks, borrowed for the duration of the call; a callback
 * returns 0, or a negative code to stop, which the call then returns. Text is clean UTF-8; unknown
 * text is "", never NULL. Times are microseconds since 1970 UTC, wall clock; 0: none. Strings that
 * are passed in stay the caller's. Every call may fail with ERROR_DATABASE, whose text says what to
 * do, and then has changed nothing; ERROR_SYSTEM is memory. Further errors stand with the calls.
 */
#ifndef INVENTORY_INVENTORY_H
#define INVENTORY_INVENTORY_H

#include "common/cleanup.h"
#include "common/error.h"
#include "common/model/bundle.h"
#include "common/model/estate.h"
#include "common/model/scope.h"

#include <stdbool.h>
#include <stdint.h>

struct inventory;

/* ---- the database ---------------------------------------------------------------------- */

/* Opens the inventory, applying missing migrations. dsn NULL: the environment CADASTRE_DB, then
 * libpq's own variables (PGHOST, PGSERVICE, ...), then the private cluster, which is created
 * on first use and started if needed. ERROR_DATABASE says what to do. */
int inventory_open(const char *dsn, struct inventory **ret_inv, struct error *reterr);
/* Closes; stops the private cluster if this process started it and nobody else uses it. */
void inventory_free(struct inventory *inv);
CLEANUP_DEFINE(struct inventory, inventory_free)

struct inventory_status {
	char server[64];     /* "15.20" */
	char where[256];     /* private cluster's directory, or host and database */
	bool is_private;
	int schema, newest_schema;
	int64_t assets, services, runs, size_bytes; /* as last known; of the database, in bytes */
};
int inventory_status(struct inventory *inv, struct inventory_status *ret, struct error *reterr);

/* Stops the private cluster. 1 if it was not running. */
int inventory_cluster_stop(struct error *reterr);
/* Writes the whole register to a file, which appears complete or not at all. */
int inventory_backup(struct inventory *inv, const char *path, struct error *reterr);
/* Fills an empty database from a backup, whole or not at all. dsn as in inventory_open();
 * ERROR_INPUT: no backup; ERROR_DATABASE also if the database holds a register already. */
int inventory_restore(const char *dsn, const char *path, struct error *reterr);

/* Opens a database that may be a node of a register, by itself: for its status and its backup. */
int inventory_open_any(const char *dsn, struct inventory **ret_inv, struct error *reterr);

/* ---- nodes: a register that is spread over several databases ------------------------------ */

/* Buckets of asset_id are owned by nodes; "home" is the database that was opened. `conninfo` as
 * libpq writes it, without a password (ERROR_USAGE). A node's own faults are ERROR_DATABASE with a
 * text that names it. Each of these leaves an entry in the trail. */
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
	const char *realm, *authoriser, *basis, *profile; /* profile: safe, standard, thorough */
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
/* The compiled scope of one realm: all authorisations that are not revoked. */
int inventory_scope_load(struct inventory *inv, const char *realm, struct scope **ret_scope,
	struct error *reterr);

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
	uint64_t taken;
	uint64_t refused_scope, refused_invalid; /* taken + refused = observations in the bundle */
	uint64_t assets_new, assets_seen, assets_quiet;
	uint64_t services_new, services_changed, services_gone;
	uint64_t facts_written; /* fact rows added or closed by this run; 0 = no change */
};

/* Reads a bundle to its end and files it: COPY into unlogged staging, one set-based merge, one
 * transaction. Opens and closes a run row. `plan_text` says what was asked, for the trail.
 * ERROR_PARTIAL if the stream was cut short but was filed; ret_result is then valid. */
int inventory_intake(struct inventory *inv, int fd, const char *name, const char *plan_text,
	struct intake_result *ret_result, struct error *reterr);

/* ---- questions --------------------------------------------------------------------------- */

struct asset_row {
	uint64_t id;
	const char *name, *role, *state, *vendor, *product, *os, *system, *addresses;
	int64_t first_seen_us, last_seen_us;
	uint32_t n_services;
};

struct asset_filter {
	const char *realm, *address, *system, *product, *text; /* NULL: any */
	uint16_t port; /* 0: any */
};
/* The asset files that pass every part of the filter (NULL: all), by realm and lowest address.
 * `address` is a prefix or an address, ERROR_USAGE if it is none; `product` and `text` are found
 * anywhere in the words, without regard to case. */
int inventory_asset_list(struct inventory *inv, const struct asset_filter *filter,
	int (*row)(void *context, const struct asset_row *asset), void *context,
	struct error *reterr);

/* One statement of an asset file, with where it comes from. */
struct fact_row {
	/* In this order: "identity", "name", "address", "register", "device", "software",
	 * "service", "exposure", "link", "path", "statement". */
	const char *chapter;
	const char *attribute, *value;
	const char *grade, *source, *method, *evidence; /* evidence: SHA-256 hex, or "" */
	int64_t run_id; /* 0: said by the register, not by a run */
	int64_t first_seen_us, last_seen_us, until_us; /* until 0: still true */
};
/* `which`: asset id, alias, address or name. 1 if nothing matches; 2 if several do. The texts of
 * ret_asset are good during the callbacks; after the call only its figures are. */
int inventory_asset_show(struct inventory *inv, const char *which, struct asset_row *ret_asset,
	int (*row)(void *context, const struct fact_row *fact), void *context,
	struct error *reterr);

struct change_row {
	int64_t time_us, run_id;
	const char *kind; /* "appeared", "gone", "changed" */
	uint64_t asset_id;
	const char *asset, *subject, *before, *after;
};
/* Changes of the runs whose newest observation lies in [since_us, until_us), by run and asset. That
 * a service became seen from the Internet, or no longer is, is a row of its own. */
int inventory_changes(struct inventory *inv, int64_t since_us, int64_t until_us,
	int64_t run_id /* 0: any */, int (*row)(void *context, const struct change_row *change),
	void *context, struct error *reterr);

/* ---- register, norms, designation -------------------------------------------------------- */

/* What an import wrote or ended: an organisation or system counts once, whichever of its
 * statements changed; rules are assets rules and subnets. `unchanged` counts the statements that
 * were held already. */
struct register_result {
	uint64_t organisations, systems, businesses, rules, dependencies, unchanged;
};
/* Takes a register file whole or not at all. ERROR_INPUT says file, line and what to correct. */
int inventory_register_import(struct inventory *inv, const char *path,
	struct register_result *ret_result, struct error *reterr);

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

/* Validates a pack file and runs its examples. Returns 1 if an example fails. */
struct pack_result {
	char id[128], version[32], sha256[65];
	uint64_t examples, passed;
};
int inventory_pack_check(const char *path, struct pack_result *ret_result,
	int (*failure)(void *context, const char *example, const char *why), void *context,
	struct error *reterr);
/* Keeps a pack that passes its own examples; ERROR_INPUT if it does not, or if its version is held
 * with another content. The same once more is no error. */
int inventory_pack_install(struct inventory *inv, const char *path, struct pack_result *ret_result,
	struct error *reterr);

struct proposal_row {
	int64_t eval_id;
	const char *system_id, *system, *pack, *version, *outcome; /* cii, not, review, n/a */
	int score;
	/* one line per criterion: id, verdict, weight, fact values, basis */
	const char *const *reasons;
	size_t n_reasons;
	const char *missing; /* facts needed for a decision, comma-separated, or "" */
};
/* Judges systems by the packs in force and keeps what is new as proposals. ERROR_INPUT if there is
 * no such pack or system. All or nothing. */
int inventory_identify(struct inventory *inv, const char *pack /* NULL: all */,
	const char *system /* NULL: all */,
	int (*row)(void *context, const struct proposal_row *proposal), void *context,
	struct error *reterr);

struct designation_row {
	int64_t id;
	const char *list_no, *system_id, *system, *outcome, *pack, *version, *official,
		*decision_no, *reason, *evidence;
	int64_t valid_from_us, valid_until_us, recorded_us;
};
/* Accepts the newest proposal of a system for a named official under a number of a decision (both
 * UTF-8, cleaned, at most 300 bytes, ERROR_USAGE if blank). ERROR_INPUT if there is none, if it
 * is not "cii", or if the norms in force would not propose the same again: the register or a
 * norm changed since. All or nothing. */
int inventory_designate_accept(struct inventory *inv, const char *system, const char *official,
	const char *decision_no, int64_t *ret_id, struct error *reterr);
/* The list as it was valid at a time, as the register knows it now; by number. */
int inventory_designation_list(struct inventory *inv, int64_t as_of_us /* 0: now */,
	int (*row)(void *context, const struct designation_row *designation), void *context,
	struct error *reterr);

/* ---- exposure ---------------------------------------------------------------------------- */

/* What can be reached from the Internet vantage, and the ledger that says why it may be. Whose a
 * service is, is told by the register as it is now. */
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
	int64_t addresses, services, names, certificates, administration, maintenance,
		industrial, unjustified, expired;
};
/* As last known, one row for each system, or for each operator. */
int inventory_exposure_summary(struct inventory *inv, const struct exposure_filter *filter,
	bool by_operator, int (*row)(void *context, const struct exposure_counts *counts),
	void *context, struct error *reterr);
/* At the end of each run from the Internet in [since, until), or of the days, weeks or months that
 * held one. `step`: run, day, week, month; ERROR_USAGE if it is none. */
int inventory_exposure_trend(struct inventory *inv, const struct exposure_filter *filter,
	const char *step, int64_t since_us, int64_t until_us,
	int (*row)(void *context, const struct exposure_counts *counts), void *context,
	struct error *reterr);

/* An entry of the ledger. */
struct justification {
	int64_t id;
	const char *realm;
	const char *prefix; /* address or prefix */
	/* "tcp/443,8000-8010", "udp/53" or "any" when written; read: transport and ports apart */
	const char *transport, *ports;
	const char *reason, *approver, *document, *author;
	int64_t recorded_us, expires_us, withdrawn_us;
	const char *withdrawn_by, *withdrawn_reason, *state; /* in force, expired, withdrawn */
	int64_t covers; /* exposed services now */
};
struct justify_result {
	int64_t id;		/* 0 in a preview */
	uint64_t covers, newly; /* exposed services covered, and those that nothing covered before */
};
/* Enters prefix, ports, reason, approver, document, author and expiry, with a trail row. ERROR_USAGE
 * if one of them but the document is missing, does not fit, or the expiry is past. `preview`:
 * counts only. */
int inventory_exposure_justify(struct inventory *inv, const struct justification *entry,
	bool preview, struct justify_result *ret_result, struct error *reterr);
/* 1 if there is no such entry or it is withdrawn already. */
int inventory_exposure_withdraw(struct inventory *inv, int64_t id, const char *author,
	const char *reason, struct error *reterr);
int inventory_exposure_ledger(struct inventory *inv, const char *realm /* NULL: any */,
	bool in_force, int (*row)(void *context, const struct justification *entry), void *context,
	struct error *reterr);

/* ---- for the mapper ------------------------------------------------------------------------ */

/* A snapshot of one realm. NULL: the only one that has assets; ERROR_USAGE if there are several. The
 * estate's arena owns it; free with arena_free(estate.arena). */
int inventory_estate_load(struct inventory *inv, const char *realm, struct estate *ret_estate,
	struct error *reterr);

#endif
