/* SPDX-License-Identifier: Apache-2.0 */
/* User, capabilities, limits; see priv.h. Last comes the system call filter. */
#include "scanner/priv/priv.h"

#include "common/cleanup.h"
#include "common/confine/confine.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define NOBODY 65534	  /* Debian's nobody and nogroup */
/* Greetings in flight, questions of the plain link, what is open already. */
#define WORKER_FILES 6144
/* Of a journal that is open already; none can be opened. */
#define WORKER_FILE_SIZE (4ull << 30)

int priv_check_raw(struct error *reterr)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_get_caps_process() == 0 &&
		capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_RAW))
		return 0;
	return error_set(reterr, ERROR_PERMISSION,
		"cannot send probes: this process has no CAP_NET_RAW; run it as root, or give "
		"the "
		"program the right with: setcap cap_net_raw+ep $(command -v cadastre)");
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int priv_close_others(const int *keep, size_t n, struct error *reterr)
{
	_cleanup_(cleanup_freep) int *sorted = calloc(n + 1, sizeof(*sorted));
	unsigned int from = 3;
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (!sorted || nothing < 0)
		return error_errno(
			reterr, ERROR_SYSTEM, errno, "cannot prepare a child process");
	for (int fd = 0; fd <= 2; fd++)
		dup2(nothing, fd);
	if (nothing > 2)
		close(nothing);
	for (size_t i = 0; i < n; i++)
		sorted[i] = keep[i];
	qsort(sorted, n, sizeof(*sorted), compare);
	for (size_t i = 0; i < n; i++) {
		if (sorted[i] < (int)from)
			continue;
		if (sorted[i] > (int)from)
			close_range(from, (unsigned int)sorted[i] - 1, 0);
		from = (unsigned int)sorted[i] + 1;
	}
	close_range(from, ~0u, 0);
	return 0;
}

/* True if the user exists here: not so in a user namespace that maps only ourselves. */
static bool is_mapped(unsigned int id)
{
	_cleanup_(cleanup_fclosep) FILE *map = fopen("/proc/self/uid_map", "re");
	unsigned long inside, outside, count;

	while (map && fscanf(map, "%lu %lu %lu", &inside, &outside, &count) == 3)
		if (id >= inside && id - inside < count)
			return true;
	return false;
}

static int change_user(struct error *reterr)
{
	if (geteuid() != 0 || !is_mapped(NOBODY))
		return 0;
	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
		setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return error_errno(
			reterr, ERROR_SYSTEM, errno, "cannot become an unprivileged user");
	return 0;
}

/* Needs CAP_SETPCAP, so it comes before the change of user, which drops that. */
static int drop_bounding_set(struct error *reterr)
{
	if (capng_get_caps_process() < 0)
		return error_set(reterr, ERROR_SYSTEM, "cannot read capabilities");
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		return 0;
	capng_clear(CAPNG_SELECT_BOUNDS);
	if (capng_apply(CAPNG_SELECT_BOUNDS) < 0)
		return error_set(reterr, ERROR_SYSTEM, "cannot drop the bounding set");
	return 0;
}

static int drop_capabilities(struct error *reterr)
{
	capng_clear(CAPNG_SELECT_CAPS);
	if (capng_apply(CAPNG_SELECT_CAPS) < 0 || capng_get_caps_process() < 0 ||
		capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE)
		return error_set(reterr, ERROR_SYSTEM, "cannot drop capabilities");
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return 0;
}

static int limit(enum priv_role role, struct error *reterr)
{
	bool worker = role == PRIV_WORKER || role == PRIV_WORKER_BPF;
	rlim_t files = worker ? WORKER_FILES : 64, size = worker ? WORKER_FILE_SIZE : 0;
	const struct {
		int what;
		rlim_t value;
	} rows[] = {{RLIMIT_CORE, 0}, {RLIMIT_FSIZE, size}, {RLIMIT_NPROC, 0},
		{RLIMIT_MSGQUEUE, 0}, {RLIMIT_NOFILE, files}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rlimit now, want = {rows[i].value, rows[i].value};

		if (getrlimit((__rlimit_resource_t)rows[i].what, &now) == 0 &&
			now.rlim_max < want.rlim_max)
			want.rlim_cur = want.rlim_max = now.rlim_max;
		if (setrlimit((__rlimit_resource_t)rows[i].what, &want) < 0)
			return error_errno(
				reterr, ERROR_SYSTEM, errno, "cannot limit a child process");
	}
	return 0;
}

static int confine(enum priv_role role, struct error *reterr)
{
	static const unsigned int sets[] = {[PRIV_WORKER] = CONFINE_HANDLES | CONFINE_SOCKETS,
		[PRIV_WORKER_BPF] = CONFINE_HANDLES | CONFINE_SOCKETS | CONFINE_BPF_RUN,
		[PRIV_LISTENER] = CONFINE_HANDLES,
		[PRIV_TAP] = CONFINE_HANDLES | CONFINE_TAP,
		[PRIV_HELPER] = CONFINE_HANDLES | CONFINE_CHILD};
	int r = confine_calls(sets[role]);

	return r < 0 ? error_errno(reterr, ERROR_SYSTEM, -r,
			       "cannot install the system call filter; nothing was scanned")
		     : 0;
}

int priv_enter(enum priv_role role, struct error *reterr)
{
	int r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot give up privileges");
	r = drop_bounding_set(reterr);
	if (r == 0 && role != PRIV_HELPER)
		r = change_user(reterr);
	if (r == 0)
		r = drop_capabilities(reterr);
	if (r == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		r = error_errno(reterr, ERROR_SYSTEM, errno, "cannot give up privileges");
	if (r == 0)
		r = limit(role, reterr);
	return r < 0 ? r : confine(role, reterr);
}
