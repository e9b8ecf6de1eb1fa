/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of a process that parses; see process.h. */
#include "common/confine/process.h"

#include "common/cleanup.h"
#include "common/confine/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

/* What the process has already; a sanitizer's shadow memory, among other things. */
static size_t address_space(void)
{
	_cleanup_(cleanup_fclosep) FILE *f = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (!f || fscanf(f, "%lu", &pages) != 1)
		return 0;
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static int limit_to(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit limit = {most, most}, now;

	if (getrlimit(what, &now) == 0 && now.rlim_max < most)
		limit.rlim_cur = limit.rlim_max = now.rlim_max;
	return setrlimit(what, &limit);
}

int confine_process(int in, int out, unsigned int cpu_seconds, size_t memory)
{
	int high_in = fcntl(in, F_DUPFD, 10), high_out = fcntl(out, F_DUPFD, 10);
	size_t room = address_space() + memory;

	if (high_in < 0 || high_out < 0 || dup2(high_in, 0) < 0 || dup2(high_out, 1) < 0 ||
		close_range(3, ~0u, 0) < 0)
		return -1;
	if (geteuid() == 0 &&
		(setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0))
		return -1;
	/* A change of user forgets it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -1;
	if (limit_to(RLIMIT_CPU, cpu_seconds) < 0 || limit_to(RLIMIT_AS, room) < 0 ||
		limit_to(RLIMIT_CORE, 0) < 0 || limit_to(RLIMIT_FSIZE, 0) < 0 ||
		limit_to(RLIMIT_NOFILE, 0) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0)
		return -1;
	errno = -confine_calls(CONFINE_PARSE);
	return errno ? -1 : 0;
}

int confine_ended(int status, const char *name, unsigned int cpu_seconds, size_t memory,
	struct error *reterr)
{
	if (WIFSIGNALED(status))
		return error_set(reterr, ERROR_INPUT,
			"%s: the reader was ended by signal %d (%s); the file needs more time or "
			"memory than %u s and %zu MiB, or is made to break its reader: split "
			"or simplify it",
			name, WTERMSIG(status), strsignal(WTERMSIG(status)), cpu_seconds,
			memory >> 20);
	if (WEXITSTATUS(status) == CONFINE_REFUSED)
		return error_set(reterr, ERROR_SYSTEM, "%s: cannot confine the reader", name);
	return error_set(reterr, ERROR_INPUT, "%s: the reader failed", name);
}
