/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How foreign files become observations: one reader for each format, one table of them. A
 * reader runs in a forked child with limits and without the database; what it puts goes through
 * a pipe as a bundle to the intake. It parses one stream once, in flat memory, and judges form
 * only: whether an observation may be filed is the intake's matter.
 *
 * A reader calls exchange_begin() once, then exchange_put() for every statement and
 * exchange_refuse() for every record that it does not take. Text must be clean (common/text.h).
 * Times are microseconds since 1970 UTC.
 */
#ifndef INVENTORY_EXCHANGE_READER_H
#define INVENTORY_EXCHANGE_READER_H

#include "common/error.h"
#include "common/model/observation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXCHANGE_REASONS_MAX 16  /* reasons told apart in one file; the last one is "others" */
#define EXCHANGE_REASON_MAX 96   /* bytes of a reason, with NUL */
#define EXCHANGE_WHAT_MAX 160    /* bytes of what was refused, with NUL */
#define EXCHANGE_TOOL_MAX 128    /* bytes of a tool's name and version, with NUL */
#define EXCHANGE_HEAD_MAX 4096   /* bytes that a detector may look at */
#define EXCHANGE_FUTURE_MAX (24 * 3600) /* seconds that a foreign clock may be ahead of ours */

/* Where a file comes from, as far as it says so. */
struct exchange_origin {
	const char *tool;   /* "nmap 7.93", "masscan 1.3.2", "host list"; clean text */
	int64_t started_us; /* 0: not said, then the import's time */
};

struct exchange_sink;

/* Once, before the first put. ERROR_INPUT if the file says that it comes from the future. */
int exchange_begin(struct exchange_sink *sink, const struct exchange_origin *origin,
	struct error *reterr);
/* One observation, made at `line` of the file. Its method becomes OBSERVATION_BY_IMPORT; its
 * time, if 0 or in the future, that of the origin. What no bundle may hold (an attribute too
 * long or not clean, an address that is multicast or 0.0.0.0) is refused here and counted: 0
 * all the same. Negative: stop. */
int exchange_put(struct exchange_sink *sink, long line, const struct observation *obs,
	struct error *reterr);
/* One record that is not taken: by reason ("no valid address"), with the line and words of the
 * first of each reason. Both texts are copied and cleaned. */
void exchange_refuse(
	struct exchange_sink *sink, const char *reason, long line, const char *what);
/* The realm into which the file is imported. */
const char *exchange_realm(const struct exchange_sink *sink);
/* A counter of the reader's own, which goes into the run ("hosts", "ports_undecided"). */
void exchange_count(struct exchange_sink *sink, const char *name, uint64_t n);

enum { EXCHANGE_CUT = 1 }; /* the file stops before its end: what was whole was put */

struct exchange_format {
	const char *name;  /* --as NAME */
	const char *title; /* "Nmap XML" */
	/* Whether the first bytes (at most EXCHANGE_HEAD_MAX, decompressed) look like it. Must
	 * not claim what another format's detector claims; asked in the order of the table. */
	bool (*is)(const char *head, size_t n);
	/* Before the process is confined: what has to be opened or loaded. May be NULL. */
	void (*prepare)(void);
	/* 0, EXCHANGE_CUT, or negative with a text that names file and line: then nothing at
	 * all is filed. `fd` is a stream, not to be sought in, and stays the caller's. `name`
	 * is for messages. NULL: the door itself takes it (import.c). */
	int (*read)(int fd, const char *name, struct exchange_sink *sink, struct error *reterr);
};

/* Ends with a row without name. A new format is one file and one row in formats.c. */
extern const struct exchange_format exchange_formats[];

/* For detectors of XML formats: the local name of the root element is `root` and, if `space` is
 * not NULL, its start tag names that namespace. */
bool exchange_is_xml(const char *head, size_t n, const char *root, const char *space);

int exchange_read_nmap(
	int fd, const char *name, struct exchange_sink *sink, struct error *reterr);
int exchange_read_masscan_json(
	int fd, const char *name, struct exchange_sink *sink, struct error *reterr);
int exchange_read_hosts(
	int fd, const char *name, struct exchange_sink *sink, struct error *reterr);
int exchange_read_assetfile(
	int fd, const char *name, struct exchange_sink *sink, struct error *reterr);
bool exchange_is_hosts(const char *head, size_t n);

#endif
