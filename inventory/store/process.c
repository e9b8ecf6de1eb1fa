/* SPDX-License-Identifier: Apache-2.0 */
/* Fork, drop, exec; see process.h. Reference: user_namespaces(7), initdb(1). */
#include "inventory/store/process.h"

#include "common/cleanup.h"
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX 8192
#define MESSAGE_MAX 600
#define OLDEST_MAJOR 15

extern char **environ;

/* True if our user namespace knows this user number. */
static bool is_mapped(uid_t uid)
{
	_cleanup_(cleanup_fclosep) FILE *f = fopen("/proc/self/uid_map", "re");
	unsigned long inside, outside, n;

	if (!f)
		return true;
	while (fscanf(f, "%lu %lu %lu", &inside, &outside, &n) == 3)
		if (uid >= inside && uid - inside < n)
			return true;
	return false;
}

int owner_find(struct owner *ret_owner, struct error *reterr)
{
	static const char *const candidates[] = {"cadastre", "postgres"};
	const struct passwd *pw = NULL;

	*ret_owner = (struct owner){.uid = geteuid(), .gid = getegid()};
	if (geteuid() != 0) {
		pw = getpwuid(geteuid());
		if (!pw)
			return error_set(reterr, ERROR_SYSTEM,
				"user number %u has no name; PostgreSQL needs one: add it to "
				"/etc/passwd or name a server with --db",
				(unsigned int)geteuid());
	}
	for (size_t i = 0; !pw && i < ARRAY_SIZE(candidates); i++) {
		pw = getpwnam(candidates[i]);
		if (pw && pw->pw_uid == 0)
			pw = NULL;
	}
	if (!pw)
		return error_set(reterr, ERROR_SYSTEM,
			"PostgreSQL does not run as root and there is neither a user \"cadastre\" nor "
			"\"postgres\" to run it: install the package postgresql");
	snprintf(ret_owner->name, sizeof(ret_owner->name), "%s", pw->pw_name);
	if (geteuid() == 0) {
		ret_owner->uid = pw->pw_uid;
		ret_owner->gid = pw->pw_gid;
		ret_owner->drop = is_mapped(pw->pw_uid);
		ret_owner->nested = !ret_owner->drop;
	}
	return 0;
}

int program_find(const char *name, int major, char out[PROGRAM_PATH_MAX], struct error *reterr)
{
	char pattern[PROGRAM_PATH_MAX];
	long best = 0;
	glob_t found;

	snprintf(pattern, sizeof(pattern), "/usr/lib/postgresql/*/bin/%s", name);
	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			long version = strtol(
				found.gl_pathv[i] + strlen("/usr/lib/postgresql/"), NULL, 10);

			if (version < OLDEST_MAJOR || version <= best ||
				(major && version != major))
				continue;
			best = version;
			snprintf(out, PROGRAM_PATH_MAX, "%s", found.gl_pathv[i]);
		}
		globfree(&found);
	}
	if (best)
		return 0;
	if (major)
		return error_set(reterr, ERROR_SYSTEM,
			"the program \"%s\" of PostgreSQL %d is not installed: install the "
			"package postgresql-%d",
			name, major, major);
	return error_set(reterr, ERROR_SYSTEM,
		"the program \"%s\" of PostgreSQL %d or newer is not installed: install the "
		"package postgresql, or name a server with --db",
		name, OLDEST_MAJOR);
}

static bool write_proc(const char *path, const char *text)
{
	_cleanup_(cleanup_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);

	return fd >= 0 && write(fd, text, n) == (ssize_t)n;
}

/* A new user namespace in which we are seen as the owner. */
static bool nest(const struct owner *owner)
{
	char users[64], groups[64];

	snprintf(users, sizeof(users), "%u 0 1", owner->uid);
	snprintf(groups, sizeof(groups), "%u 0 1", owner->gid);
	return unshare(CLONE_NEWUSER) == 0 && write_proc("/proc/self/setgroups", "deny") &&
	       write_proc("/proc/self/uid_map", users) &&
	       write_proc("/proc/self/gid_map", groups);
}

/* Becomes the owner, for good. */
static bool become(const struct owner *owner)
{
	if (owner->nested)
		return nest(owner);
	if (owner->drop)
		return setgroups(0, NULL) == 0 &&
		       setresgid(owner->gid, owner->gid, owner->gid) == 0 &&
		       setresuid(owner->uid, owner->uid, owner->uid) == 0;
	return true;
}

static void child(const struct process *process, int output) __attribute__((noreturn));
static void child(const struct process *process, int output)
{
	static const char *const minimal[] = {
		"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=/", NULL};
	const char *const *env = process->environ_ ? process->environ_ : minimal;
	int null = open("/dev/null", O_RDONLY);

	if (process->log)
		output = open(process->log, O_WRONLY | O_APPEND | O_CREAT, 0600);
	if (null < 0 || output < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 ||
		dup2(output, 2) < 0)
		_exit(126);
	close_range(3, ~0U, 0);
	if (process->detach)
		setsid();
	if (chdir("/") < 0 || (process->owner && !become(process->owner))) {
		dprintf(2, "cannot change to user %s: %s\n",
			process->owner ? process->owner->name : "", strerror(errno));
		_exit(126);
	}
	execve(process->argv[0], (char *const *)process->argv, (char *const *)env);
	dprintf(2, "cannot run %s: %s\n", process->argv[0], strerror(errno));
	_exit(127);
}

int process_start(
	const struct process *process, pid_t *ret_pid, int *ret_output, struct error *reterr)
{
	int pipes[2] = {-1, -1};
	pid_t pid;

	if (!process->log && pipe2(pipes, O_CLOEXEC) < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot make a pipe");
	pid = fork();
	if (pid == 0)
		child(process, pipes[1]);
	if (pipes[1] >= 0)
		close(pipes[1]);
	if (pid < 0) {
		if (pipes[0] >= 0)
			close(pipes[0]);
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot start \"%s\"",
			process->argv[0]);
	}
	*ret_pid = pid;
	if (ret_output)
		*ret_output = pipes[0];
	return 0;
}

/* Reads to the end; what does not fit is read and dropped. */
static void drain(int fd, struct str *out)
{
	char buffer[4096];

	for (;;) {
		ssize_t n = read(fd, buffer, sizeof(buffer));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		if ((size_t)n > out->max - out->len)
			n = (ssize_t)(out->max - out->len);
		str_add(out, buffer, (size_t)n);
	}
}

int process_capture(const struct process *process, struct str *out, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd = -1;
	_cleanup_(str_done) struct str clean = STR_INIT(MESSAGE_MAX);
	int status, r;
	pid_t pid;

	r = process_start(process, &pid, &fd, reterr);
	if (r < 0)
		return r;
	drain(fd, out);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_errno(reterr, ERROR_SYSTEM, errno,
				"cannot wait for \"%s\"", process->argv[0]);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	text_clean(&clean, out->data, out->len, MESSAGE_MAX - 1);
	return error_set(reterr, ERROR_SYSTEM, "\"%s\" failed (%s %d): %s", process->argv[0],
		WIFEXITED(status) ? "exit" : "signal",
		WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), clean.data);
}

int process_run(const struct process *process, struct error *reterr)
{
	_cleanup_(str_done) struct str out = STR_INIT(OUTPUT_MAX);

	return process_capture(process, &out, reterr);
}
