/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A register's file is parsed in a process of its own, confined as readers of foreign files are
 * (common/confine/process.h, adr/0008): it gets the bytes of each file over a socket, without a
 * descriptor of it, and gives the document back through a pipe. What comes back was written by
 * a process that parsed hostile bytes: sizes, kinds and texts are checked before they are
 * taken.
 *
 * The form is ours and lives for one call: numbers of 32 bits in the machine's order, texts as
 * their length and bytes.
 */
#ifndef INVENTORY_REGISTER_TRANSFER_H
#define INVENTORY_REGISTER_TRANSFER_H

#include "inventory/register/register.h"

#include <stdio.h>
#include <sys/types.h>

#define REGISTER_CPU_SECONDS 600
#define REGISTER_MEMORY_MAX ((size_t)2 << 30) /* of the process, beyond what it inherits */

struct register_child {
	pid_t pid;
	int to, from;
	const char *files[REGISTER_FILES_MAX]; /* sent, as they are called in messages */
	size_t n_files;
};

/* Starts the process: it takes the reader's document as it is and reads files into it. */
int register_child_start(struct register_child *child, struct register_reader *reader,
	const char *encoding, struct error *reterr);
/* One file; `path` says what it is by its name. 1: the process takes no more. */
int register_child_send(struct register_child *child, const char *path, const char *shown,
	const struct str *bytes, struct error *reterr);
/* Waits, and takes the statements into the document, whose arena they live in. `wanted` false:
 * only what the process refused is asked for. What the process returned, with its text. */
int register_child_end(struct register_child *child, struct register_document *doc, bool wanted,
	struct error *reterr);

/* The document, or why there is none, and back. */
void register_answer_write(FILE *out, int r, const struct error *error,
	const struct register_document *doc, const char *const *files, size_t n_files);
/* Returns what the writer was given; ERROR_INTERNAL if it is not such an answer. */
int register_answer_read(FILE *in, struct register_document *doc, const char *const *files,
	size_t n_files, struct error *reterr);

/* In the process: what a file's bytes say. */
int register_read_bytes(struct register_reader *reader, const char *path, const char *encoding,
	const struct str *bytes);
/* In the process: the whole, when all files are read. */
int register_finish(struct register_reader *reader);
/* ERROR_INPUT if the realm has no name or one of another form. */
int register_check_realm(const struct register_document *doc, struct error *reterr);

#endif
