/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Life of the private cluster; see cluster.h. Never touches a server it did not make, never
 * removes a pid file. Making one (initdb and its configuration) is in cluster_make.c.
 */
#include "inventory/store/cluster_internal.h"

#include "common/clock.h"
#include "common/file.h"
#include "common/siphash.h"
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#define LOCK_WAIT_US (90 * CLOCK_SECOND)
#define STALE_WAIT_US (30 * CLOCK_SECOND)
#define RECOVERY_WAIT_US (300 * CLOCK_SECOND)
#define STOP_WAIT_US (60 * CLOCK_SECOND)
#define LOG_MAX (16 << 20)
#define SOCKET_NAME "/.s.PGSQL.5432"

static void nap(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

/* ---- places ------------------------------------------------------------------------------ */

static int find_directory(struct cluster *cluster, struct error *reterr)
{
	const char *named = getenv("CADASTRE_DATA"), *xdg = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	char path[CLUSTER_PATH_MAX];
	int n;

	if (named && *named)
		n = snprintf(path, sizeof(path), "%s", named);
	else if (cluster->owner.drop)
		n = snprintf(path, sizeof(path), "/var/lib/cadastre");
	else if (xdg && *xdg == '/')
		n = snprintf(path, sizeof(path), "%s/cadastre", xdg);
	else if (home && *home == '/')
		n = snprintf(path, sizeof(path), "%s/.local/share/cadastre", home);
	else
		return error_set(reterr, ERROR_SYSTEM,
			"no place for the private database: set HOME or CADASTRE_DATA, or name "
			"a server with --db");
	if (n >= CLUSTER_PATH_MAX - 64 || path[0] != '/')
		return error_set(reterr, ERROR_USAGE,
			"the data directory \"%s\" must be an absolute path of at most %d "
			"bytes",
			path, CLUSTER_PATH_MAX - 64);
	memcpy(cluster->directory, path, (size_t)n + 1);
	snprintf(cluster->data, sizeof(cluster->data), "%s/postgres", path);
	snprintf(cluster->log, sizeof(cluster->log), "%s/postgres.log", path);
	return 0;
}

static bool is_plain(const char *path)
{
	return strspn(path,
		       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") ==
	       strlen(path);
}

/* A directory of the owner's, mode 0700. With engine.lock held: between its making and its
 * hand-over it looks like somebody else's. */
static int make_owned(struct cluster *cluster, const char *path, struct error *reterr)
{
	struct stat st;

	if (mkdir(path, 0700) == 0 && cluster->owner.drop &&
		lchown(path, cluster->owner.uid, cluster->owner.gid) < 0)
		return error_errno(
			reterr, ERROR_SYSTEM, errno, "cannot hand over \"%s\"", path);
	if (lstat(path, &st) < 0)
		return error_errno(
			reterr, ERROR_SYSTEM, errno, "cannot make directory \"%s\"", path);
	if (!S_ISDIR(st.st_mode) ||
		st.st_uid != (cluster->owner.nested ? 0 : cluster->owner.uid))
		return error_set(reterr, ERROR_PERMISSION,
			"\"%s\" is there but is not a directory of user %s; remove it", path,
			cluster->owner.name);
	return 0;
}

/* The socket's place: beside the data if the kernel's 107 bytes and PostgreSQL's list syntax
 * allow it, else a short directory in /tmp named after the data's path. */
static void find_socket_directory(struct cluster *cluster)
{
	const struct sockaddr_un *un = NULL;
	const struct siphash_key key = {0};
	int n = snprintf(
		cluster->socket, sizeof(cluster->socket), "%s/run", cluster->directory);

	if ((size_t)n + strlen(SOCKET_NAME) + strlen(".lock") >= sizeof(un->sun_path) ||
		!is_plain(cluster->socket))
		snprintf(cluster->socket, sizeof(cluster->socket), "/tmp/cadastre-%u-%016llx",
			(unsigned int)cluster->owner.uid,
			(unsigned long long)siphash(&key, cluster->directory,
				strlen(cluster->directory)));
}

static int find_places(struct cluster *cluster, struct error *reterr)
{
	struct stat st;
	int r = owner_find(&cluster->owner, reterr);

	if (r < 0)
		return r;
	r = find_directory(cluster, reterr);
	if (r < 0)
		return r;
	if (stat(cluster->directory, &st) < 0) {
		r = file_make_directory(cluster->directory, reterr);
		if (r < 0)
			return r;
	}
	find_socket_directory(cluster);
	return 0;
}

/* ---- locks ------------------------------------------------------------------------------- */

static int open_lock(
	const struct cluster *cluster, const char *name, int *ret_fd, struct error *reterr)
{
	char path[CLUSTER_PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", cluster->directory, name);
	*ret_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*ret_fd < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot open \"%s\"", path);
	return 0;
}

static int lock_engine(struct cluster *cluster, struct error *reterr)
{
	int64_t until = clock_monotonic_us() + LOCK_WAIT_US;

	while (flock(cluster->engine_fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_errno(reterr, ERROR_SYSTEM, errno,
				"cannot lock \"%s/engine.lock\"", cluster->directory);
		if (clock_monotonic_us() > until)
			return error_set(reterr, ERROR_DATABASE,
				"another program has been starting or stopping the private "
				"database in \"%s\" for %lld s; see its log, or end it",
				cluster->directory, LOCK_WAIT_US / CLOCK_SECOND);
		nap(20);
	}
	return 0;
}

static void unlock_engine(struct cluster *cluster)
{
	flock(cluster->engine_fd, LOCK_UN);
}

/* ---- the server -------------------------------------------------------------------------- */

/* The running server's process, 0 if none: the pid file's, and only if that process works in
 * our data directory. */
static pid_t server_pid(const struct cluster *cluster)
{
	char path[CLUSTER_PATH_MAX + 32], real[PATH_MAX], link[64], cwd[PATH_MAX];
	_cleanup_(cleanup_fclosep) FILE *f = NULL;
	ssize_t n;
	int pid;

	snprintf(path, sizeof(path), "%s/postmaster.pid", cluster->data);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%d", &pid) != 1 || pid <= 1 || !realpath(cluster->data, real))
		return 0;
	snprintf(link, sizeof(link), "/proc/%d/cwd", pid);
	n = readlink(link, cwd, sizeof(cwd) - 1);
	if (n < 0)
		return 0;
	cwd[n] = '\0';
	return strcmp(cwd, real) == 0 ? pid : 0;
}

static int try_connect(struct cluster *cluster, struct db **ret_db, struct error *reterr)
{
	char conninfo[CLUSTER_PATH_MAX + 128];
	int r;

	snprintf(conninfo, sizeof(conninfo),
		"host='%s' port=5432 dbname=postgres user=cadastre sslmode=disable "
		"gssencmode=disable connect_timeout=30",
		cluster->socket);
	r = db_try_open(conninfo, ret_db, reterr);
	if (r == 0)
		db_set_log(*ret_db, cluster->log);
	return r;
}

/* The end of the server's log, cleaned, for a message. */
static void log_tail(const struct cluster *cluster, off_t from, struct str *out)
{
	_cleanup_(cleanup_closep) int fd = open(cluster->log, O_RDONLY | O_CLOEXEC);
	char buffer[500];
	ssize_t n = fd < 0 ? 0 : pread(fd, buffer, sizeof(buffer), from);

	if (n > 0)
		text_clean(out, buffer, (size_t)n, out->max - 1);
}

static off_t log_size(const struct cluster *cluster)
{
	struct stat st;

	if (stat(cluster->log, &st) < 0)
		return 0;
	if (st.st_size > LOG_MAX && truncate(cluster->log, 0) == 0)
		return 0;
	return st.st_size;
}

enum { STARTED_DIED = 1 };

/* Waits until the server accepts us. STARTED_DIED if the process ended instead. */
static int wait_ready(
	struct cluster *cluster, pid_t pid, struct db **ret_db, struct error *reterr)
{
	int64_t begin = clock_monotonic_us(), limit = STALE_WAIT_US;

	for (;;) {
		int status, r = try_connect(cluster, ret_db, reterr);

		if (r <= 0)
			return r;
		if (r == 2)
			limit = RECOVERY_WAIT_US;
		if (pid && waitpid(pid, &status, WNOHANG) == pid)
			return STARTED_DIED;
		if (clock_monotonic_us() - begin > limit)
			return error_set(reterr, ERROR_DATABASE,
				"the private database in \"%s\" does not answer after %lld s; see \"%s\"",
				cluster->directory, (long long)(limit / CLOCK_SECOND),
				cluster->log);
		nap(10);
	}
}

/* Memory of a serving process is kept, and comes in huge pages where kernel and C library
 * (glibc 2.35) have them: a process that has just begun, which is what every command talks to,
 * spends much of its time on page faults else. */
#define TUNABLES                                                                               \
	"GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.top_pad=4194304:"                  \
	"glibc.malloc.trim_threshold=67108864:glibc.malloc.mmap_threshold=33554432"
static const char *const environment[] = {
	"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=/", TUNABLES, NULL};

static int start_once(struct cluster *cluster, struct db **ret_db, struct str *why,
	struct error *reterr)
{
	const char *const argv[] = {cluster->postgres, "-D", cluster->data, NULL};
	const struct process process = {.argv = argv,
		.owner = &cluster->owner,
		.environ_ = environment,
		.log = cluster->log,
		.detach = true};
	off_t from = log_size(cluster);
	pid_t pid;
	int r = process_start(&process, &pid, NULL, reterr);

	if (r < 0)
		return r;
	cluster->child = pid;
	r = wait_ready(cluster, pid, ret_db, reterr);
	if (r == STARTED_DIED) {
		cluster->child = 0;
		log_tail(cluster, from, why);
	}
	return r;
}

/* Starts the server. After a crash the old process may linger as a zombie and the server
 * then refuses its own pid file; that passes, so it is tried again for a while. */
static int start(struct cluster *cluster, struct db **ret_db, struct error *reterr)
{
	int64_t until = clock_monotonic_us() + STALE_WAIT_US;

	for (;;) {
		_cleanup_(str_done) struct str why = STR_INIT(512);
		int r = start_once(cluster, ret_db, &why, reterr);

		if (r != STARTED_DIED)
			return r;
		if (!strstr(why.data, "lock file") || clock_monotonic_us() > until)
			return error_set(reterr, ERROR_DATABASE,
				"the private database in \"%s\" does not start: %s",
				cluster->directory, why.data);
		nap(300);
	}
}

static int connect_or_start(struct cluster *cluster, struct db **ret_db, struct error *reterr)
{
	int r = make_owned(cluster, cluster->socket, reterr);

	if (r == 0)
		r = cluster_make(cluster, reterr);
	if (r < 0)
		return r;
	r = try_connect(cluster, ret_db, reterr);
	if (r <= 0)
		return r;
	if (r == 2 || server_pid(cluster))
		return wait_ready(cluster, 0, ret_db, reterr);
	r = cluster_configure(cluster, reterr);
	return r < 0 ? r : start(cluster, ret_db, reterr);
}

/* With engine.lock held. 1 if it was not running. */
static int stop(struct cluster *cluster, struct error *reterr)
{
	int64_t until = clock_monotonic_us() + STOP_WAIT_US;
	pid_t pid = server_pid(cluster);

	if (!pid)
		return 1;
	if (kill(pid, SIGINT) < 0) /* "fast": ends sessions, then shuts down cleanly */
		return error_errno(reterr, ERROR_DATABASE, errno,
			"cannot stop the private database, process %d", (int)pid);
	while (server_pid(cluster) == pid) {
		if (cluster->child == pid && waitpid(pid, NULL, WNOHANG) == pid)
			break;
		if (clock_monotonic_us() > until)
			return error_set(reterr, ERROR_DATABASE,
				"the private database, process %d, does not stop; see \"%s\"",
				(int)pid, cluster->log);
		nap(5);
	}
	if (cluster->child == pid)
		waitpid(pid, NULL, 0);
	cluster->child = 0;
	rmdir(cluster->socket); /* made again by the next start; nothing is left in /tmp */
	return 0;
}

/* ---- the door ---------------------------------------------------------------------------- */

static int cluster_new(struct cluster **ret_cluster, struct error *reterr)
{
	_cleanup_(cluster_freep) struct cluster *cluster = calloc(1, sizeof(*cluster));
	int r;

	if (!cluster)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the private database");
	cluster->engine_fd = cluster->users_fd = -1;
	r = find_places(cluster, reterr);
	if (r < 0)
		return r;
	r = open_lock(cluster, "engine.lock", &cluster->engine_fd, reterr);
	if (r < 0)
		return r;
	r = open_lock(cluster, "users.lock", &cluster->users_fd, reterr);
	if (r < 0)
		return r;
	*ret_cluster = STEAL(cluster);
	return 0;
}

int cluster_place(char *out, size_t size, struct error *reterr)
{
	struct cluster cluster = {0};
	int r;

	owner_find(&cluster.owner,
		NULL); /* who cannot run a cluster has a directory all the same */
	r = find_directory(&cluster, reterr);
	if (r == 0 && strlen(cluster.directory) >= size)
		r = error_set(reterr, ERROR_USAGE, "the data directory's name is too long");
	if (r == 0)
		memcpy(out, cluster.directory, strlen(cluster.directory) + 1);
	return r;
}

int cluster_open(struct cluster **ret_cluster, struct db **ret_db, struct error *reterr)
{
	_cleanup_(cluster_freep) struct cluster *cluster = NULL;
	int r = cluster_new(&cluster, reterr);

	if (r < 0)
		return r;
	r = lock_engine(cluster, reterr);
	if (r < 0)
		return r;
	if (flock(cluster->users_fd, LOCK_SH) < 0)
		r = error_errno(reterr, ERROR_SYSTEM, errno, "cannot lock \"%s/users.lock\"",
			cluster->directory);
	else
		cluster->in_use = true;
	if (r == 0)
		r = connect_or_start(cluster, ret_db, reterr);
	unlock_engine(cluster);
	if (r < 0)
		return r;
	*ret_cluster = STEAL(cluster);
	return 0;
}

/* Leaves; if nobody else holds the shared lock, the server stops. A failure to stop leaves it
 * running for the next program, which is harmless. */
static void leave(struct cluster *cluster)
{
	if (lock_engine(cluster, NULL) < 0)
		return;
	flock(cluster->users_fd, LOCK_UN);
	if (flock(cluster->users_fd, LOCK_EX | LOCK_NB) == 0)
		stop(cluster, NULL);
	flock(cluster->users_fd, LOCK_UN);
	unlock_engine(cluster);
}

void cluster_free(struct cluster *cluster)
{
	if (!cluster)
		return;
	if (cluster->in_use)
		leave(cluster);
	if (cluster->engine_fd >= 0)
		close(cluster->engine_fd);
	if (cluster->users_fd >= 0)
		close(cluster->users_fd);
	free(cluster);
}

const char *cluster_directory(const struct cluster *cluster)
{
	return cluster->directory;
}

int cluster_stop(struct error *reterr)
{
	_cleanup_(cluster_freep) struct cluster *cluster = NULL;
	int r = cluster_new(&cluster, reterr);

	if (r < 0)
		return r;
	r = lock_engine(cluster, reterr);
	if (r < 0)
		return r;
	r = stop(cluster, reterr);
	unlock_engine(cluster);
	return r;
}
