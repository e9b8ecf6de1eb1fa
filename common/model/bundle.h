/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bundle: how observations travel, through a pipe from the scanner or in a file from an
 * isolated segment. UTF-8 text, one JSON object (RFC 8259) per line: a header, observations,
 * and a trailer with the number of observations and the SHA-256 of all bytes before it. A
 * bundle without its trailer is incomplete, and a reader says so.
 *
 *     {"cadastre":"bundle","version":1,"id":"<32 hex>","realm":"...","vantage":"...",
 *      "tool":"...","started":"<RFC 3339>"}
 *     {"kind":"port","method":"syn","time":"...","addr":"...","transport":"tcp","port":22}
 *     {"end":true,"observations":1,"sha256":"<64 hex>","counters":{...}}
 *
 * Optional members of an observation: peer, mac, transport, port, ttl, protocol, attributes
 * (object of strings), raw (base64). A fact about a station that has no address, as far as was
 * heard, has its MAC and no addr.
 */
#ifndef COMMON_MODEL_BUNDLE_H
#define COMMON_MODEL_BUNDLE_H

#include "common/cleanup.h"
#include "common/model/observation.h"

#define BUNDLE_LINE_MAX (512 * 1024)
#define BUNDLE_ID_SIZE 33
#define BUNDLE_NAME_MAX 128
#define BUNDLE_COUNTERS_MAX 128

struct bundle_header {
	char id[BUNDLE_ID_SIZE]; /* chosen by the writer; importing an id twice changes
				  nothing */
	char realm[BUNDLE_NAME_MAX];
	char vantage[BUNDLE_NAME_MAX]; /* "internal" or "internet" */
	char tool[BUNDLE_NAME_MAX];
	int64_t started_us;
};

/* A named count of the producing side: "sent", "received", "strangers", ... */
struct bundle_counter {
	char name[64];
	uint64_t value;
};

struct bundle_counters {
	struct bundle_counter rows[BUNDLE_COUNTERS_MAX];
	size_t n;
};

/* Adds to a counter by name, making it if needed; past the maximum it does nothing. */
void bundle_counters_add(struct bundle_counters *counters, const char *name, uint64_t value);
uint64_t bundle_counters_get(const struct bundle_counters *counters, const char *name);

/* Writing. The descriptor stays the caller's. bundle_id_random() fills header.id. */
struct bundle_writer;
int bundle_id_random(char ret_id[BUNDLE_ID_SIZE], struct error *reterr);
int bundle_writer_new(int fd, const struct bundle_header *header,
	struct bundle_writer **ret_writer, struct error *reterr);
int bundle_writer_put(struct bundle_writer *writer, const struct observation *obs,
	struct error *reterr);
int bundle_writer_flush(struct bundle_writer *writer, struct error *reterr);
/* Writes the trailer. */
int bundle_writer_end(struct bundle_writer *writer, const struct bundle_counters *counters,
	struct error *reterr);
void bundle_writer_free(struct bundle_writer *writer); /* without a trailer, if not ended */
CLEANUP_DEFINE(struct bundle_writer, bundle_writer_free)

/* A sink that puts into the writer. */
struct observation_sink bundle_writer_sink(struct bundle_writer *writer);

/* Reading. `name` is for messages. ERROR_INPUT names the bundle and the line. */
struct bundle_reader;
int bundle_reader_new(int fd, const char *name, struct bundle_reader **ret_reader,
	struct bundle_header *ret_header, struct error *reterr);

enum { BUNDLE_END = 1, BUNDLE_TRUNCATED = 2 };

/* The next observation, borrowed until the next call: 0. BUNDLE_END after a trailer whose
 * count and hash agree; BUNDLE_TRUNCATED if the stream stops without a trailer. A line that
 * is no valid observation is ERROR_INPUT. */
int bundle_reader_next(struct bundle_reader *reader, struct observation *ret_obs,
	struct error *reterr);
/* After BUNDLE_END: the producer's counters, borrowed. */
const struct bundle_counters *bundle_reader_counters(const struct bundle_reader *reader);
void bundle_reader_free(struct bundle_reader *reader);
CLEANUP_DEFINE(struct bundle_reader, bundle_reader_free)

#endif
