/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running PostgreSQL's programs: fork and exec without a shell, with nothing inherited but
 * three descriptors, and as the unprivileged owner of the private cluster when we are root.
 */
#ifndef INVENTORY_STORE_PROCESS_H
#define INVENTORY_STORE_PROCESS_H

#include "common/error.h"
#include "common/str.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whom the cluster belongs to. PostgreSQL refuses to run as root, so root hands over to the
 * user `cadastre` if there is one, else to `postgres`. Where root is only the root of a user
 * namespace in which that user is not mapped, the programs run in a nested user namespace
 * that shows our own user under the owner's number.
 */
struct owner {
	uid_t uid;
	gid_t gid;
	char name[64];
	bool drop;   /* we are root and change to uid and gid */
	bool nested; /* we are a namespace's root and nest instead */
};

int owner_find(struct owner *ret_owner, struct error *reterr);

/* Path of a program of PostgreSQL `major` (0: the newest that is installed, 15 or later). */
#define PROGRAM_PATH_MAX 256
int program_find(const char *name, int major, char out[PROGRAM_PATH_MAX], struct error *reterr);

struct process {
	const char *const *argv;     /* argv[0] is the path */
	const struct owner *owner;   /* NULL: as we are */
	const char *const *environ_; /* NULL: a minimal environment without PG* */
	const char *log;             /* stdout and stderr are appended here; NULL: to a pipe */
	bool detach;                 /* own session: signals of our terminal do not reach it */
};

/* Starts it. ret_output (if log is NULL) is the reading end of its output. */
int process_start(const struct process *process, pid_t *ret_pid, int *ret_output,
	struct error *reterr);
/* Starts it, collects at most the first 8 KiB of output and waits. 0, or ERROR_SYSTEM when it
 * fails, with its first lines in the text. */
int process_run(const struct process *process, struct error *reterr);
/* The same, with the whole output up to its maximum for the caller. */
int process_capture(const struct process *process, struct str *out, struct error *reterr);

#endif
