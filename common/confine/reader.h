/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads one hostile file in a process of its own, confined as process.h has it: it gets the
 * file as descriptor 0 and gives back bytes of its own form, or why there are none. It may
 * crash, hang or be ended: then that is what is said, and nothing else is lost. What comes back
 * was written by a process that parsed hostile bytes: whoever takes it checks it like a file.
 */
#ifndef COMMON_CONFINE_READER_H
#define COMMON_CONFINE_READER_H

#include "common/error.h"
#include "common/str.h"

#define CONFINE_READER_CPU_SECONDS 60
#define CONFINE_READER_WALL_MS 120000

struct confine_reader {
	const char *name;	  /* of the file, for messages, which begin with it */
	unsigned int cpu_seconds; /* 0: 60 */
	unsigned int wall_ms;	  /* 0: 120,000 */
	size_t memory;		  /* beyond what the process has */
	size_t answer_max;	  /* bytes */
	/* In there, before it is confined: what a library wants to have opened once. NULL:
	 * nothing. */
	void (*prepare)(void *context);
	/* In there: reads descriptor 0 and adds the answer. What it returns comes back, with
	 * its text. */
	int (*read)(void *context, struct str *answer, struct error *reterr);
	void *context;
};

/* `fd` is borrowed. What `read` returned, and for that its answer or its text; ERROR_INPUT with
 * a text of its own if the process ended otherwise, took too long, or answered too much or in
 * another form. */
int confine_read(const struct confine_reader *reader, int fd, struct str *ret_answer,
	struct error *reterr);

#endif
