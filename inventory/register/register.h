/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A register file in memory: its statements, one list for each table of the register, checked
 * within the file (duplicates, references, dates, prefixes) with the line of each fault. It
 * knows no database; inventory/register/import.c writes it.
 *
 * Form: schema/xml/register.xsd. Statements become JSON objects (RFC 8259) whose members are
 * the columns of the table, so that one query takes a whole table's worth of them.
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

#define REGISTER_STATEMENTS_MAX 250000
#define REGISTER_JSON_MAX ((size_t)256 * 1024 * 1024) /* of one table */
#define REGISTER_TEXT_MAX 4096                        /* of one attribute, clean */

/* The tables of the register, in the order in which they are written. */
enum register_kind {
	REGISTER_ORGANISATION,
	REGISTER_ROLE,
	REGISTER_SUBNET,
	REGISTER_BUSINESS,
	REGISTER_SYSTEM,
	REGISTER_TIER,
	REGISTER_METRIC,
	REGISTER_LIST,
	REGISTER_SUPPORT,
	REGISTER_UNIT,
	REGISTER_ANSWER,
	REGISTER_RULE,
	REGISTER_DEPENDENCY,
	REGISTER_KIND_N
};

/* One statement: what it is about, and where it stands. */
struct register_statement {
	enum register_kind kind;
	const char *key; /* unique within its kind */
	const char *label; /* the key for people */
	long line;
};

/* A statement that names another one, which must exist in the file or in the register. */
struct register_reference {
	enum register_kind target; /* organisation, business or system */
	const char *id;
	const char *from; /* who names it, for people */
	long line;
};

struct register_document {
	struct arena *arena;
	xmlDoc *xml;
	const char *file, *realm, *document;
	char sha256[65];
	bool complete; /* what is not in it has ended */

	struct register_statement *statements; /* sorted by kind and key once checked */
	struct register_reference *references;
	size_t n_statements, n_references, statements_room, references_room;
	struct str json[REGISTER_KIND_N]; /* array of the statements of one table */
	struct str owners[REGISTER_KIND_N]; /* JSON array of ids stated whole: organisations,
					       businesses, systems; empty for the others */
	uint64_t n_of[REGISTER_KIND_N];
};

/* Reads a file ("-": standard input). `day` is today, in days since 1970-01-01: the day that
 * statements without a date of their own are true for; later dates are refused. ERROR_INPUT
 * names file, line, reason. */
int register_read(const char *path, int64_t day, struct register_document **ret_doc,
	struct error *reterr);
void register_document_free(struct register_document *doc);
CLEANUP_DEFINE(struct register_document, register_document_free)

/* Duplicates and organisations that are their own parent (check.c). */
int register_check(struct register_document *doc, struct error *reterr);
/* NULL if the file does not state it. Only after register_check(). */
const struct register_statement *register_find(const struct register_document *doc,
	enum register_kind kind, const char *key);
const char *register_kind_name(enum register_kind kind); /* "organisation", "system", ... */

#endif
