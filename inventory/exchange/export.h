/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the writers of files for others share: the selection, read in one transaction that sees
 * one moment; the walk over its assets in the order of their numbers, some hundred at a time,
 * so that memory does not grow with the register; and the output that appears whole or not at
 * all.
 *
 * Never handed out: bytes of evidence, secrets, natural persons as things of their own.
 */
#ifndef INVENTORY_EXCHANGE_EXPORT_H
#define INVENTORY_EXCHANGE_EXPORT_H

#include "common/arena.h"
#include "common/file_stream.h"
#include "inventory/inventory.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#define EXPORT_TEXTS_MAX (64 * 1024) /* names of the selection that are kept */
#define EXPORT_CHUNK 400	  /* assets that are read at a time */
#define EXPORT_REGISTER_MAX 100000 /* systems, organisations or subnets of one file */
#define EXPORT_ID_MAX 640	  /* bytes of an id in a file, with NUL */

/* Parts of an asset file; a chunk holds the rows of those that were asked for. */
enum export_part {
	PART_ASSETS,
	PART_ADDRESSES,
	PART_SERVICES,
	PART_FACTS,
	PART_EVIDENCE,
	PART_RELATIONS,
	PART_STATED,
	PART_N
};
#define PARTS(part) (1u << (part))

struct span {
	size_t from, to; /* rows [from, to) */
};

/* One asset of a chunk: row `span[PART_ASSETS].from`, and its rows in the other parts. */
struct export_asset {
	int64_t id;
	int64_t last_us; /* last seen; 0 if PART_ASSETS was not asked for */
	struct db_result *const *rows;
	struct span span[PART_N];
};

#define EXPORT_KEPT_MAX 8

struct export {
	struct db *db;
	const struct export_request *request;
	struct file_stream stream;
	struct export_result result;
	/* The selection: */
	int32_t realm_id;
	const char *realm;
	const char *system;	/* of these assets only; "": of no system; NULL: any */
	int64_t asset;		/* this one only; 0: any */
	const char *scope;	/* what of the register: a system, "" nothing, NULL all */
	struct db_result *members; /* the numbers of the assets of `scope`, in one text */
	/* Files of assets of one scope one after the other: */
	bool each;
	const struct export_asset *given; /* the next file's, read already */
	struct export_kept {
		const struct query *query;
		struct db_result *rows;
	} kept[EXPORT_KEPT_MAX]; /* the answers that are the same for the scope */
	size_t n_kept;
	int64_t as_of_us;	/* 0: now */
	int64_t observed_us;	/* what the file is true for */
	int64_t newest_run;
	const char *sender;
	uint64_t n_walked;
};

typedef int (*export_take)(struct export *e, const struct export_asset *asset, void *context,
	struct error *reterr);
/* Calls `take` for each asset of the selection. `parts`: a set of PARTS(). The next assets are
 * read meanwhile, so `take` does not use the connection. */
int export_walk(struct export *e, unsigned int parts, export_take take, void *context,
	struct error *reterr);

/* The rows of a part for numbers of assets, with commas. */
int export_part(struct export *e, enum export_part part, const char *ids,
	struct db_result **ret_rows, struct error *reterr);
/* Sets `system` and `scope`, and finds whose assets they are. */
int export_set_scope(
	struct export *e, const char *system, const char *scope, struct error *reterr);
/* The assets of the scope, with commas; NULL: of any. */
const char *export_members(const struct export *e);
/* Runs a query whose answer is the same for all files of a scope; the rows are given back with
 * export_kept_free(), which leaves what is asked again. */
int export_keep(struct export *e, const struct query *query, const struct db_value *values,
	size_t n, struct db_result **ret_rows, struct error *reterr);
void export_kept_free(const struct export *e, struct db_result *rows);
/* Forgets the scope. */
void export_done(struct export *e);
/* The value of an as-of parameter. */
struct db_value export_as_of(const struct export *e);
/* ERROR_INPUT if they are more than one file holds. */
int export_bound(const struct export *e, const struct db_result *rows, struct error *reterr);
/* Runs a query whose rows are of the register: at most EXPORT_REGISTER_MAX. */
int export_register(struct export *e, const struct query *query, const struct db_value *values,
	size_t n, struct db_result **ret_rows, struct error *reterr);

/* An id that is an XML NCName: other bytes than letters, digits, '.' and '-' as _HH. */
void export_id(char out[EXPORT_ID_MAX], const char *prefix, const char *text);
void export_service_id(char out[EXPORT_ID_MAX], int64_t asset, const char *address,
	int64_t transport, int64_t port);
/* By what was recognised: FNV-1a over vendor, product and version. */
void export_software_id(char out[EXPORT_ID_MAX], int64_t asset, const char *vendor,
	const char *product, const char *version);
const char *export_transport(int64_t transport); /* "tcp" */
bool export_is_cpe(const char *text);

/* Columns of the queries, in their order. */
enum { ASSET_ID, ASSET_NAME, ASSET_ROLE, ASSET_REASON, ASSET_STATE, ASSET_VENDOR, ASSET_MODEL,
	ASSET_OS, ASSET_SYSTEM, ASSET_FIRST, ASSET_LAST, ASSET_ALIASES, ASSET_RUN,
	ASSET_MACS };
enum { ADDRESS_ID, ADDRESS_TEXT, ADDRESS_MAC, ADDRESS_GRADE, ADDRESS_REASON, ADDRESS_METHOD,
	ADDRESS_RUN, ADDRESS_FIRST, ADDRESS_LAST, ADDRESS_UNTIL };
enum { SERVICE_ID, SERVICE_ADDRESS, SERVICE_TRANSPORT, SERVICE_PORT, SERVICE_PROTOCOL,
	SERVICE_VENDOR, SERVICE_PRODUCT, SERVICE_VERSION, SERVICE_CPE, SERVICE_INTERNAL,
	SERVICE_EXPOSED, SERVICE_METHOD, SERVICE_EVIDENCE, SERVICE_RUN, SERVICE_FIRST,
	SERVICE_LAST, SERVICE_UNTIL, SERVICE_KIND, SERVICE_ENTRY, SERVICE_REASON,
	SERVICE_APPROVER, SERVICE_DOCUMENT, SERVICE_EXPIRES, SERVICE_STATE,
	SERVICE_MAINTENANCE, SERVICE_REGISTRATION };
enum { FACT_ID, FACT_PLACE, FACT_CHAPTER, FACT_SUBJECT, FACT_NAME, FACT_VALUE, FACT_GRADE,
	FACT_SOURCE, FACT_METHOD, FACT_EVIDENCE, FACT_RUN, FACT_FIRST, FACT_LAST, FACT_UNTIL,
	FACT_PEER, FACT_PEER_ADDRESS };
enum { EVIDENCE_ID, EVIDENCE_SHA256, EVIDENCE_KIND, EVIDENCE_SIZE, EVIDENCE_RUN };
enum { RELATION_ID, RELATION_PLACE, RELATION_A, RELATION_B, RELATION_C, RELATION_D,
	RELATION_PEER };
enum { FACT_IS_KEY = 1, FACT_IS_NAME, FACT_IS_FACT, FACT_IS_LINK, FACT_IS_PATH };
enum { SYSTEM_ID, SYSTEM_NAME, SYSTEM_ORGANISATION, SYSTEM_SECTOR, SYSTEM_KIND, SYSTEM_EXTERNAL,
	SYSTEM_RELATED, SYSTEM_AS_OF, SYSTEM_DOCUMENT };
enum { ORG_ID, ORG_NAME, ORG_SECTOR, ORG_CREDIT, ORG_TYPE, ORG_AFFILIATION, ORG_DIVISION,
	ORG_PARENT, ORG_AS_OF, ORG_DOCUMENT, ORG_SINCE, ORG_ROLES, ORG_ADDRESS, ORG_POSTCODE,
	ORG_INDUSTRY };
enum { OFFICE_ID, OFFICE_NAME, OFFICE_VALUE, OFFICE_DOCUMENT, OFFICE_AS_OF, OFFICE_SINCE };
enum { SUBNET_PREFIX, SUBNET_NAME, SUBNET_ZONE, SUBNET_AS_OF, SUBNET_DOCUMENT, SUBNET_SINCE,
	SUBNET_VLAN, SUBNET_FACILITY, SUBNET_FUNCTION, SUBNET_IMPORTANCE };
enum { RECORD_KIND, RECORD_ID, RECORD_TITLE, RECORD_CHAPTER, RECORD_GRADE, RECORD_METHOD,
	RECORD_AS_OF, RECORD_DOCUMENT, RECORD_SINCE, RECORD_ITEM, RECORD_VALUE, RECORD_REF,
	RECORD_OTHER };
enum { STATED_ID, STATED_CHAPTER, STATED_NAME, STATED_VALUE, STATED_GRADE, STATED_SOURCE,
	STATED_METHOD, STATED_AS_OF, STATED_SINCE, STATED_UNTIL };

/* The text of a column of the asset's own row. */
static inline const char *asset_text(const struct export_asset *a, int column)
{
	return db_get_text(a->rows[PART_ASSETS], a->span[PART_ASSETS].from, column);
}

/* Begins the transaction and finds the selection of e->request; before its files are written.
 * If a time was asked for, names of tables are those of then until moment_leavep(ret_then): a
 * query that wants what had been before as well says cadastre.TABLE. */
int export_select(struct inventory *inv, struct export *e, struct arena *arena,
	struct db **ret_then, struct error *reterr);

/* Kinds of files by name, the last without one. */
struct export_writer {
	const char *kind, *suffix;
	int (*write)(struct export *e, struct error *reterr);
};
extern const struct export_writer export_writers[];
const struct export_writer *export_writer_of(const char *kind); /* NULL: there is none */
/* Writes the selection as it is set in `e`; the file appears whole or not at all. */
int export_write_file(struct export *e, const struct export_writer *writer, const char *path,
	struct error *reterr);

/* The writers. Each writes all of one kind of file into e->stream. */
int export_asset_file(struct export *e, struct error *reterr);
int export_json(struct export *e, struct error *reterr);
int export_csv_assets(struct export *e, struct error *reterr);
int export_csv_services(struct export *e, struct error *reterr);
int export_cyclonedx(struct export *e, struct error *reterr);
int export_rfc8345(struct export *e, struct error *reterr);

#endif
