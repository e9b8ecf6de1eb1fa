/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this room share: the sink behind reader.h, the report that comes back from
 * the child, the source (a file as a stream, decompressed if need be), and a builder of
 * observations.
 */
#ifndef INVENTORY_EXCHANGE_INTERNAL_H
#define INVENTORY_EXCHANGE_INTERNAL_H

#include "common/arena.h"
#include "common/model/bundle.h"
#include "common/model/digest.h"
#include "inventory/exchange/reader.h"
#include "inventory/inventory.h"

#include <sys/types.h>

#define EXCHANGE_FILE_MAX ((uint64_t)8 * 1024 * 1024 * 1024) /* of a file, decompressed */
#define EXCHANGE_CPU_SECONDS 1800
/* Of a reader, beyond what it inherits. */
#define EXCHANGE_MEMORY_MAX ((size_t)512 * 1024 * 1024)

/* ---- what comes back from the child ------------------------------------------------------ */

struct exchange_refusal {
	char reason[EXCHANGE_REASON_MAX], what[EXCHANGE_WHAT_MAX];
	uint64_t n;
	long line;
};

/* In memory that parent and child share. What stands in it was written by a process that parsed
 * hostile bytes: exchange_report_check() before it is believed. */
struct exchange_report {
	int result; /* of the reader */
	struct error error;
	char tool[EXCHANGE_TOOL_MAX];
	uint64_t put, refused;
	size_t n_refusals;
	struct exchange_refusal refusals[EXCHANGE_REASONS_MAX];
};

void exchange_report_check(struct exchange_report *report);

/* ---- the sink ---------------------------------------------------------------------------- */

struct exchange_sink {
	int fd; /* the pipe to the intake */
	struct bundle_header
		header; /* id, realm, vantage and started (the import's) are given */
	struct bundle_writer *writer;
	struct bundle_counters counters;
	int64_t now_us;
	struct exchange_report *report;
};

/* Begins with what is given if the reader did not, and writes the trailer unless `cut`. */
int exchange_sink_end(struct exchange_sink *sink, bool cut, struct error *reterr);
void exchange_sink_done(struct exchange_sink *sink);

/* ---- the source -------------------------------------------------------------------------- */

/* A file, or standard input, that can be read from its beginning several times. */
struct exchange_source {
	const char *name; /* for messages */
	int fd;           /* seekable */
	bool gzip;
	int64_t changed_us; /* when its content changed last, and its size, as it was opened */
	int64_t size;
};

/* `path` "-": standard input, kept in an unlinked file. ERROR_INPUT if it cannot be read. */
int exchange_source_open(
	const char *path, struct exchange_source *ret_source, struct error *reterr);
void exchange_source_close(struct exchange_source *source);
/* The content from its beginning. ret_pid: the process that decompresses, or 0. The descriptor
 * is the caller's; then exchange_stream_end(). */
int exchange_stream_open(const struct exchange_source *source, int *ret_fd, pid_t *ret_pid,
	struct error *reterr);
/* 0; EXCHANGE_CUT if the compressed data stop before their end; ERROR_INPUT if they are damaged
 * or grow beyond EXCHANGE_FILE_MAX. */
int exchange_stream_end(const struct exchange_source *source, int fd, pid_t pid,
	struct error *reterr);
/* Reads it all: the first bytes into head, and the digests of the content and of the file as it
 * is. */
int exchange_source_survey(const struct exchange_source *source, char head[EXCHANGE_HEAD_MAX],
	size_t *ret_head, uint8_t ret_content[DIGEST_SIZE], uint8_t ret_file[DIGEST_SIZE],
	struct error *reterr);
/* Whether the file is still what was surveyed. */
bool exchange_source_same(const struct exchange_source *source);

/* ---- the child --------------------------------------------------------------------------- */

/* The limits of a process that parses: descriptors in and out become 0 and 1 and are the only
 * ones, memory and time are bounded, root becomes nobody, and all that is left to it is to read
 * the one, to write the other, to allocate and to end. */
int exchange_confine(int in, int out);

/* Starts a reader over `in`, which forgets what opens `inv`; its bundle comes out of *ret_fd.
 * If it fails or is ended, the bundle is made invalid on purpose, so that an intake that reads
 * it files nothing. */
int exchange_child_start(struct inventory *inv, const struct exchange_format *format,
	const char *name, int in, const struct bundle_header *header,
	struct exchange_report **ret_report, int *ret_fd, pid_t *ret_pid, struct error *reterr);
/* Waits for it and closes fd. What the reader returned, with its text. */
int exchange_child_end(struct exchange_report *report, const char *name, int fd, pid_t pid,
	struct error *reterr);
void exchange_report_free(struct exchange_report *report);

/* ---- building observations --------------------------------------------------------------- */

/* An observation with its attributes, in an arena. */
struct exchange_item {
	struct observation obs;
	struct attribute attributes[OBSERVATION_ATTRIBUTES_MAX];
	struct arena *arena;
	bool failed; /* no memory */
};

/* Adds an attribute: the value is cleaned and cut to what a bundle holds; a blank one, one past
 * the maximum, and one whose name is held already are passed over. Bytes of the name that no
 * attribute has become '-'. */
void exchange_attribute(
	struct exchange_item *item, const char *name, const void *value, size_t n);
void exchange_attribute_text(struct exchange_item *item, const char *name, const char *value);
/* A protocol's or attribute's name: lower case, other bytes become '-'; at most 32 bytes. */
void exchange_name(char out[ATTRIBUTE_NAME_MAX + 1], const char *text, size_t max);
/* A decimal number in [0, max], all of the text. */
bool exchange_number(const char *text, uint64_t max, uint64_t *ret);
/* CPE 2.2 URI ("cpe:/a:vendor:product:1.0") to the formatted string of CPE 2.3; false if it is
 * no such thing. 2.3 goes through as it is. */
bool exchange_cpe23(const char *text, char *out, size_t size);
/* The way back, for readers of the older form. */
bool exchange_cpe_uri(const char *text, char *out, size_t size);

#endif
