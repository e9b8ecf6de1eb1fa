/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parent's side of a layout job: checks the request, forks the child with its limits, reads
 * a result of known size over a pipe, believes none of it before it is checked, and falls back
 * to a grid. The child inherits no descriptor but the pipe and ends with _exit().
 */
#include "mapper/layout/internal.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define TIMEOUT_MS_DEFAULT 20000u
#define MEMORY_BYTES_DEFAULT (1ul << 30)
#define FARTHEST_MM 1e7
#define THREADS_END_MS 200

enum child_exit { CHILD_DONE, CHILD_REFUSED = 3, CHILD_PIPE = 4, CHILD_LIMITS = 5 };

struct job {
	const struct layout_request *request;
	const struct layout_node *nodes;
	size_t n_nodes;
	const struct layout_edge *edges; /* sorted, each pair once */
	size_t n_edges;
	double *xy;
};

static int check(const struct layout_node *nodes, size_t n_nodes,
	const struct layout_edge *edges, size_t n_edges, struct error *reterr)
{
	if (n_nodes > LAYOUT_NODES_MAX || n_edges > LAYOUT_EDGES_MAX)
		return error_set(reterr, ERROR_INTERNAL,
			"cannot lay out %zu nodes with %zu edges: at most %d and %d", n_nodes,
			n_edges, LAYOUT_NODES_MAX, LAYOUT_EDGES_MAX);
	for (size_t i = 0; i < n_nodes; i++)
		if (!isfinite(nodes[i].w) || !isfinite(nodes[i].h) || nodes[i].w <= 0 ||
			nodes[i].h <= 0)
			return error_set(reterr, ERROR_INTERNAL,
				"cannot lay out node %zu: its size is not a positive number",
				i);
	for (size_t i = 0; i < n_edges; i++)
		if (edges[i].from >= n_nodes || edges[i].to >= n_nodes)
			return error_set(reterr, ERROR_INTERNAL,
				"cannot lay out edge %zu: it leads to no node", i);
	return 0;
}

static int by_ends(const void *a, const void *b)
{
	const struct layout_edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

/* Sorted, without loops, each pair once: the order in which links were found does not show. */
static size_t normalise(const struct layout_edge *edges, size_t n, struct layout_edge *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (edges[i].from != edges[i].to)
			out[kept++] = edges[i];
	qsort(out, kept, sizeof(*out), by_ends);
	n = kept;
	kept = 0;
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || by_ends(&out[kept - 1], &out[i]) != 0)
			out[kept++] = out[i];
	return kept;
}

/* The child's address space now; what it may have more is on top. */
static size_t address_space(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f)
		return 0;
	if (fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	fclose(f);
	return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

static int set_limits(const struct layout_request *request)
{
	unsigned int ms = request->timeout_ms ? request->timeout_ms : TIMEOUT_MS_DEFAULT;
	size_t bytes = request->memory_bytes ? request->memory_bytes : MEMORY_BYTES_DEFAULT;
	const struct {
		__rlimit_resource_t what;
		rlim_t most;
	} limits[] = {
		{RLIMIT_CPU, ms / 1000 + 1},
		{RLIMIT_AS, address_space() + bytes},
		{RLIMIT_CORE, 0},
		{RLIMIT_FSIZE, 0},
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct rlimit limit = {limits[i].most, limits[i].most};

		if (setrlimit(limits[i].what, &limit) < 0)
			return -1;
	}
	return 0;
}

__attribute__((noreturn)) static void child(const struct job *job, int out)
{
	int high = fcntl(out, F_DUPFD, 3);
	int null = open("/dev/null", O_RDWR);

	/* The standard three lead nowhere, the pipe becomes 3, everything above is closed. */
	if (null < 0 || high < 0)
		_exit(CHILD_PIPE);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	if (dup2(high, 3) < 0 || close_range(4, ~0u, 0) < 0 || set_limits(job->request) < 0)
		_exit(CHILD_LIMITS);
	if (graph_place(job->request, job->nodes, job->n_nodes, job->edges, job->n_edges,
		    job->xy) < 0)
		_exit(CHILD_REFUSED);
	if (file_write_all(3, job->xy, 2 * job->n_nodes * sizeof(*job->xy), NULL) < 0)
		_exit(CHILD_PIPE);
	_exit(CHILD_DONE);
}

/* Reads until `n` bytes are there, the other side closes, or the time is up. */
static size_t read_until(int fd, void *out, size_t n, int64_t deadline_us)
{
	size_t got = 0;

	while (got < n) {
		int64_t left_us = deadline_us - clock_monotonic_us();
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		ssize_t part;

		if (left_us <= 0)
			return got;
		if (poll(&poll_fd, 1, (int)(left_us / 1000 + 1)) < 0 && errno != EINTR)
			return got;
		if (poll_fd.revents == 0)
			continue;
		part = read(fd, (char *)out + got, n - got);
		if (part == 0 || (part < 0 && errno != EINTR))
			return got;
		got += part > 0 ? (size_t)part : 0;
	}
	return got;
}

static void explain(char *why, int status, const char *engine)
{
	if (WIFSIGNALED(status))
		snprintf(why, LAYOUT_WHY_MAX, "the layout process ended by signal %d (%s)",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == CHILD_REFUSED)
		snprintf(why, LAYOUT_WHY_MAX,
			"Graphviz has no engine \"%.32s\", no memory, or refused the graph",
			engine);
	else
		snprintf(why, LAYOUT_WHY_MAX, "the layout process ended with code %d",
			WEXITSTATUS(status));
}

static bool believable(const double *xy, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(xy[i]) || fabs(xy[i]) > FARTHEST_MM)
			return false;
	return true;
}

/* Pango looks for fonts in threads that end by themselves. What they hold at a fork nobody
 * gives back in the child, which would wait for it until its time is up: so they are let
 * finish. Threads of others stay, and cost this moment. */
static void let_threads_end(void)
{
	const struct timespec millisecond = {.tv_nsec = 1000000};
	struct stat tasks;

	/* Of a directory of n threads there are n + 2 links (proc(5)). */
	for (int ms = 0; ms < THREADS_END_MS; ms++) {
		if (stat("/proc/self/task", &tasks) < 0 || tasks.st_nlink <= 3)
			return;
		nanosleep(&millisecond, NULL);
	}
}

/* True if job->xy holds positions; else why says what happened. */
static bool run_child(const struct job *job, char *why)
{
	const struct layout_request *request = job->request;
	unsigned int ms = request->timeout_ms ? request->timeout_ms : TIMEOUT_MS_DEFAULT;
	int64_t deadline;
	size_t bytes = 2 * job->n_nodes * sizeof(*job->xy), got;
	_cleanup_(cleanup_closep) int in = -1;
	int ends[2], status = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		snprintf(why, LAYOUT_WHY_MAX, "no pipe to the layout process: %s",
			strerror(errno));
		return false;
	}
	in = ends[0];
	let_threads_end();
	deadline = clock_monotonic_us() + (int64_t)ms * 1000;
	pid = fork();
	if (pid == 0)
		child(job, ends[1]);
	close(ends[1]);
	if (pid < 0) {
		snprintf(why, LAYOUT_WHY_MAX, "no layout process: %s", strerror(errno));
		return false;
	}
	got = read_until(in, job->xy, bytes, deadline);
	if (got < bytes && clock_monotonic_us() >= deadline)
		snprintf(why, LAYOUT_WHY_MAX, "the layout took longer than %u ms", ms);
	/* Whatever it still does is of no interest: complete positions, or none. */
	if (got == bytes || why[0])
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (got < bytes && !why[0])
		explain(why, status, request->engine);
	else if (got == bytes && !believable(job->xy, 2 * job->n_nodes))
		snprintf(why, LAYOUT_WHY_MAX,
			"Graphviz answered positions that are not numbers");
	return !why[0];
}

int layout_place(const struct layout_request *request, struct layout_node *nodes,
	size_t n_nodes, const struct layout_edge *edges, size_t n_edges, double *ret_width,
	double *ret_height, char *ret_why, struct error *reterr)
{
	_cleanup_(cleanup_freep) struct layout_edge *sorted = NULL;
	_cleanup_(cleanup_freep) double *xy = NULL;
	char why[LAYOUT_WHY_MAX] = "";
	struct job job;
	int r = check(nodes, n_nodes, edges, n_edges, reterr);

	if (r < 0)
		return r;
	sorted = calloc(n_edges + 1, sizeof(*sorted));
	xy = calloc(2 * n_nodes + 2, sizeof(*xy));
	if (!sorted || !xy)
		return error_set(reterr, ERROR_SYSTEM, "cannot lay out the map: no memory");
	job = (struct job){
		request, nodes, n_nodes, sorted, normalise(edges, n_edges, sorted), xy};
	if (n_nodes > 1 && (!request->engine || !run_child(&job, why))) {
		apart_grid(nodes, n_nodes, request->gap_mm);
	} else {
		for (size_t i = 0; i < n_nodes; i++) {
			nodes[i].x = xy[2 * i];
			nodes[i].y = -xy[2 * i + 1];
		}
		apart_push(nodes, n_nodes, request->gap_mm);
		apart_tighten(nodes, n_nodes, request->gap_mm);
	}
	apart_origin(nodes, n_nodes, ret_width, ret_height);
	if (ret_why && request->engine)
		memcpy(ret_why, why, sizeof(why));
	return why[0] || !request->engine ? 1 : 0;
}
