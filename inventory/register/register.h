/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The register's files. The tables of the register are described once, in tables.c: columns,
 * how XML and CSV call them, what may stand in them, what they refer to. Reading, writing and
 * showing follow those rows.
 *
 * A file becomes a document: its statements, one list for each table, checked within the file
 * (form, duplicates, references, dates, prefixes) with the line of each fault. It knows no
 * database; inventory/register/import.c writes it. Statements become JSON objects (RFC 8259)
 * whose members are the columns of the table, so that one query takes a whole table's worth.
 *
 * Forms: schema/xml/register.xsd, docs/register.md.
 */
#ifndef INVENTORY_REGISTER_REGISTER_H
#define INVENTORY_REGISTER_REGISTER_H

#include "common/arena.h"
#include "common/cleanup.h"
#include "common/error.h"
#include "common/str.h"
#include "inventory/norm/safexml.h"

#include <stdbool.h>
#include <stdint.h>

struct inventory;

#define REGISTER_STATEMENTS_MAX 250000
#define REGISTER_JSON_MAX ((size_t)256 * 1024 * 1024) /* of one table */
#define REGISTER_CSV_MAX ((size_t)64 * 1024 * 1024)   /* of one file, as UTF-8 */
#define REGISTER_FILES_MAX 64                         /* of one directory */
#define REGISTER_TEXT_MAX 8192                        /* bytes of one value, clean */
#define REGISTER_LINE_MAX 300                         /* characters of a short text */
#define REGISTER_PROSE_MAX 2000                       /* characters of a long text */
#define REGISTER_TOKENS_MAX 1000                      /* of one list */
#define REGISTER_COLUMNS_MAX 24

/* ---- tables ----------------------------------------------------------------------------- */

/* The tables of the register, in the order in which they are written. */
enum register_kind {
	REGISTER_ORGANISATION,
	REGISTER_ROLE,
	REGISTER_CONTACT,
	REGISTER_EVENT,
	REGISTER_FIGURE,
	REGISTER_JUDGEMENT,
	REGISTER_FACILITY,
	REGISTER_ZONE,
	REGISTER_CONDUIT,
	REGISTER_SUBNET,
	REGISTER_BUSINESS,
	REGISTER_SYSTEM,
	REGISTER_TIER,
	REGISTER_DAMAGE,
	REGISTER_FILING,
	REGISTER_ASSESSMENT,
	REGISTER_METRIC,
	REGISTER_LIST,
	REGISTER_SUPPORT,
	REGISTER_UNIT,
	REGISTER_ANSWER,
	REGISTER_SCENARIO,
	REGISTER_RULE,
	REGISTER_DEPENDENCY,
	REGISTER_RESPONSIBILITY,
	REGISTER_CIRCUIT,
	REGISTER_CONTRACT,
	REGISTER_REMOTE,
	REGISTER_POSITION,
	REGISTER_DATA,
	REGISTER_STATEMENT,
	REGISTER_KIND_N
};

enum register_type {
	REGISTER_LINE,     /* a short text */
	REGISTER_PROSE,    /* a longer one */
	REGISTER_ID,       /* of something in the register */
	REGISTER_IDS,      /* several, divided by blanks */
	REGISTER_CODE,     /* lower-case words with hyphens */
	REGISTER_CODES,    /* several, divided by blanks; of `codes` if given */
	REGISTER_ENUM,     /* one of `codes` */
	REGISTER_SECTOR,   /* Order 745 Art. 2 */
	REGISTER_DAY,      /* YYYY-MM-DD */
	REGISTER_PAST_DAY, /* not after today */
	REGISTER_YES_NO,
	REGISTER_NUMBER,
	REGISTER_AMOUNT, /* not negative */
	REGISTER_WHOLE,  /* from `low` to `high` */
	REGISTER_DIGITS, /* exactly `high` of them */
	REGISTER_PREFIX,
	REGISTER_PREFIXES, /* several, divided by blanks */
	REGISTER_OPAQUE,   /* letters, a hyphen, up to six digits */
	REGISTER_SELECTED, /* what it is, the column before says: address, prefix, name, ... */
	REGISTER_DERIVED,  /* made by the program; not read */
};

enum {
	REGISTER_KEY = 1,       /* names the statement, with the others of the table */
	REGISTER_REQUIRED = 2,
	REGISTER_NULL = 4,      /* NULL, not an empty text, if it is missing */
	REGISTER_OWNER = 8,     /* the thing that the statement is a part of */
	REGISTER_OWN_ONLY = 16, /* only for systems that are the operator's own */
	REGISTER_ELEMENT = 32,  /* in XML it is the name of the element */
	REGISTER_CREDIT = 64,   /* a credit code: looks like an identity number and is none */
	REGISTER_REFERENCE = 128, /* must be there: an id of `target` */
	REGISTER_TREE = 256,    /* may not name the statement itself */
};

struct register_column {
	const char *name;      /* in the database, and as CSV heading */
	const char *attribute; /* in XML */
	const char *label;     /* Chinese CSV heading */
	enum register_type type;
	unsigned int flags;
	enum register_kind target; /* what a reference refers to */
	const char *const *codes;  /* ends with NULL */
	const char *missing;       /* stands for a value that is not given */
	int low, high;
};

struct register_table {
	const char *name;    /* in the database and in CSV */
	const char *label;   /* Chinese name */
	const char *thing;   /* in messages: "system" */
	const char *list; /* in XML: the element around, in the root or in the owner; or NULL */
	const char *element; /* in XML; NULL: a column is */
	enum register_kind owner; /* itself, if it is no part of another one */
	const struct register_column *columns; /* ends with a row without name */
	const char *joint;   /* between the parts of a name for people; NULL: a blank */
};

extern const struct register_table register_tables[REGISTER_KIND_N];

/* By table name or Chinese name, else by XML element, in any case; REGISTER_KIND_N: none. */
enum register_kind register_kind_find(const char *name);
/* By name, attribute or Chinese label, in any case; NULL: none. */
const struct register_column *register_column_find(const struct register_table *table,
	const char *name);
/* The attribute in which an assets rule of that kind has its value. */
const char *register_rule_attribute(const char *rule);

/* ---- documents -------------------------------------------------------------------------- */

/* One statement: what it is about, and where it stands. */
struct register_statement {
	enum register_kind kind;
	const char *key; /* unique within its kind */
	const char *label; /* the key for people */
	const char *file;
	long line;
};

/* A statement that names another one, which must exist in the file or in the register. */
struct register_reference {
	enum register_kind target;
	const char *id;
	const char *from; /* who names it, for people */
	const char *file;
	long line;
};

struct register_document {
	struct arena *arena;
	const char *file, *realm, *document;
	char sha256[65];
	bool complete; /* what is not in it has ended */

	struct register_statement *statements; /* sorted by kind and key once checked */
	struct register_reference *references;
	size_t n_statements, n_references, statements_room, references_room;
	struct str json[REGISTER_KIND_N]; /* array of the statements of one table */
	struct str owners[REGISTER_KIND_N]; /* JSON array of ids stated whole; empty for kinds
					       that own nothing */
	uint64_t n_of[REGISTER_KIND_N];
};

/* Reads a file ("-": standard input) or a directory of CSV files. `day` is today, in days since
 * 1970-01-01: the day that statements without a date of their own are true for; later dates are
 * refused. `encoding` of CSV, or NULL to detect. `realm` for CSV that names none, or NULL. What
 * opens `inv` (NULL: nothing) is forgotten where it is parsed. ERROR_INPUT names file, line,
 * reason. */
int register_read(struct inventory *inv, const char *path, int64_t day, const char *encoding,
	const char *realm, struct register_document **ret_doc, struct error *reterr);
void register_document_free(struct register_document *doc);
CLEANUP_DEFINE(struct register_document, register_document_free)

/* Duplicates (check.c). */
int register_check(struct register_document *doc, struct error *reterr);
/* NULL if the file does not state it. Only after register_check(). */
const struct register_statement *register_find(const struct register_document *doc,
	enum register_kind kind, const char *key);

/* ---- reading, for the readers of XML and CSV --------------------------------------------- */

struct register_reader {
	struct register_document *doc;
	const char *file; /* that is being read */
	int64_t day;
	char today[11];
	struct error *reterr;
	struct inventory *inv; /* whose connection is forgotten; NULL: none */
};

/* What a file says in one place, as it stands there; NULL: nothing. */
struct register_row {
	enum register_kind kind;
	const char *values[REGISTER_COLUMNS_MAX]; /* in the order of the columns */
	const char *as_of, *document;
	size_t cells[REGISTER_COLUMNS_MAX]; /* CSV: cell of each column, from 1; 0: none */
	size_t as_of_cell, document_cell;
	bool is_csv;
	long line;
};

/* Checks the row and takes it into the document. ERROR_INPUT. */
int register_take_row(struct register_reader *reader, struct register_row *row);
/* Clean text of the arena, without blanks around it; ERROR_INPUT via NULL if it is too long. */
const char *register_clean(struct register_reader *reader, const char *text);

int register_read_xml(struct register_reader *reader, const char *bytes, size_t n);
int register_read_csv(struct register_reader *reader, const char *bytes, size_t n,
	const char *encoding);

/* True if an identity number of a person (GB 11643) stands in the text. */
bool register_has_identity_number(const char *text);

/* ---- edges that must not run in a circle ------------------------------------------------- */

struct register_edge {
	const char *from, *to;
};

/* A circle in the edges, which are sorted by `from`: 1, with the ids on it as "a -> b -> a" in
 * `out` (cut if they are many), and ret_first the first of them; 0 if there is none. */
int register_circle(const struct register_edge *edges, size_t n, struct str *out,
	const char **ret_first, struct error *reterr);

#endif
