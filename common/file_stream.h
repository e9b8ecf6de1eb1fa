/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is written piece by piece and appears complete or not at all: the bytes go
 * through a bounded buffer into a file without a name, which gets its name when it is whole. A
 * writer that fails or is killed leaves the old file in place and nothing beside it (where the
 * file system has no files without names, a killed writer leaves a file PATH.XXXXXX).
 *
 * Errors are kept: after the first one every call does nothing and file_stream_commit() tells
 * it.
 */
#ifndef COMMON_FILE_STREAM_H
#define COMMON_FILE_STREAM_H

#include "common/cleanup.h"
#include "common/error.h"
#include "common/str.h"

#include <stdbool.h>
#include <stdint.h>

#define FILE_STREAM_BUFFER (256u * 1024) /* bytes that are kept before they are written */

struct file_stream {
	struct str buffer; /* add to it freely, then call file_stream_spill() */
	uint64_t bytes;	   /* written so far, without the buffer */
	int failed;	   /* 0, or the code of the first error */
	/* private */
	int fd;
	bool named; /* `aside` exists */
	bool quick; /* not synced one by one */
	char path[4096], aside[4096];
	struct error error;
};

/* "-" is standard output. ERROR_SYSTEM names the path. `quick`: without syncing, for one of
 * many files whose directory is published as a whole. */
int file_stream_open(
	struct file_stream *stream, const char *path, bool quick, struct error *reterr);
/* Writes the buffer if it is more than half full. Returns stream->failed. */
int file_stream_spill(struct file_stream *stream);
/* Keeps an error of the caller's own, so that the file does not appear. */
void file_stream_fail(struct file_stream *stream, int code, const char *text);
/* Writes what is left, syncs and names the file. The stream is then closed. */
int file_stream_commit(struct file_stream *stream, struct error *reterr);
/* Drops what was not committed; may be called on a zeroed or closed stream. */
void file_stream_close(struct file_stream *stream);

#endif
