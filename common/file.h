/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files: read whole with a limit, written aside and published by rename, so that a reader
 * never sees half a file and a failed write leaves the old one in place.
 */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include "common/error.h"
#include "common/str.h"

#include <stddef.h>
#include <sys/types.h>

/* Appends the whole file to `out`. ERROR_INPUT if it cannot be read or is larger than
 * max_bytes; the text names the path. "-" reads standard input. */
int file_read(const char *path, size_t max_bytes, struct str *out, struct error *reterr);

/* Writes the bytes aside in the same directory, syncs, and renames onto `path`. "-" writes to
 * standard output. ERROR_SYSTEM (disk full, no permission), naming the path. */
int file_publish(const char *path, const void *bytes, size_t n, struct error *reterr);

/* Writes all bytes to a descriptor, through short writes and EINTR. */
int file_write_all(int fd, const void *bytes, size_t n, struct error *reterr);

/* A new file with these bytes, on the disk. ERROR_USAGE if there is something of that name: it
 * is never written over. */
int file_create(
	const char *path, mode_t mode, const void *bytes, size_t n, struct error *reterr);

/* Opens a file for reading that nobody but its owner can read; `what` says of the text what it
 * is: "the logins of". Returns the descriptor. ERROR_INPUT, or ERROR_PERMISSION if others can
 * read it. */
int file_open_private(const char *path, const char *what, struct error *reterr);

/* Makes the directory and its parents (mode 0755). ERROR_SYSTEM. */
int file_make_directory(const char *path, struct error *reterr);

#endif
