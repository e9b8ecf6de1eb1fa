/* SPDX-License-Identifier: Apache-2.0 */
/* Frames between a confined process and its parent; see sandbox.h. */
#include "inventory/norm/sandbox.h"

#include "common/clock.h"
#include "common/confine/process.h"
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEAD 8 /* bytes before a frame's own */
#define SEND_AT ((size_t)64 * 1024)
#define READ_SIZE ((size_t)128 * 1024)
#define OUT_MAX (3 * SANDBOX_FRAME_MAX)
#define PROCESSES_MAX 64
#define PIPE_SIZE (1 << 20) /* so that an answer is given before it is asked for */
#define LAST_WORD_MS 2000 /* that a process which closed its ends may take to be gone */

enum { BROKEN = 3 }; /* exit status */

/* The page that both see. */
struct stand {
	volatile uint32_t subject, pack;
};

static void put_u32(uint8_t out[4], uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> (24 - 8 * i));
}

void sandbox_add_u32(struct str *out, uint32_t value)
{
	uint8_t bytes[4];

	put_u32(bytes, value);
	str_add(out, bytes, sizeof(bytes));
}

void sandbox_add_i64(struct str *out, int64_t value)
{
	sandbox_add_u32(out, (uint32_t)((uint64_t)value >> 32));
	sandbox_add_u32(out, (uint32_t)(uint64_t)value);
}

void sandbox_add_text(struct str *out, const char *text, size_t n)
{
	sandbox_add_u32(out, (uint32_t)n);
	str_add(out, text, n);
}

static void begin(struct str *out, size_t *start, uint32_t kind)
{
	*start = out->len;
	sandbox_add_u32(out, kind);
	sandbox_add_u32(out, 0);
}

/* Drops a frame that is not ended. */
static void cut(struct str *out, size_t start)
{
	out->len = start;
	out->failed = false;
	out->data[start] = '\0';
}

static void end(struct str *out, size_t start)
{
	if (out->len - start - HEAD > SANDBOX_FRAME_MAX)
		out->failed = true;
	if (!out->failed)
		put_u32((uint8_t *)out->data + start + 4, (uint32_t)(out->len - start - HEAD));
}

/* ---- in the process ---------------------------------------------------------------------- */

struct sandbox_inside {
	struct str in, out;
	size_t taken; /* of in */
	size_t start; /* of the frame that is being written */
	bool open;    /* there is one */
	struct stand *stand;
};

static void read_some(struct sandbox_inside *inside)
{
	static char chunk[READ_SIZE];
	ssize_t n = read(0, chunk, sizeof(chunk));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0)
		_exit(n < 0 ? BROKEN : 0);
	str_add(&inside->in, chunk, (size_t)n);
	if (inside->in.failed)
		_exit(BROKEN);
}

static void drop_taken(struct str *s, size_t *taken)
{
	memmove(s->data, s->data + *taken, s->len - *taken + 1);
	s->len -= *taken;
	*taken = 0;
}

uint32_t sandbox_next(struct sandbox_inside *inside, struct cursor *ret_bytes)
{
	struct cursor head;
	uint32_t kind, size;

	sandbox_flush(inside);
	if (inside->taken)
		drop_taken(&inside->in, &inside->taken);
	while (inside->in.len < HEAD)
		read_some(inside);
	head = cursor_of(inside->in.data, HEAD);
	kind = cursor_be32(&head);
	size = cursor_be32(&head);
	if (size > SANDBOX_FRAME_MAX)
		_exit(BROKEN);
	while (inside->in.len < HEAD + (size_t)size)
		read_some(inside);
	*ret_bytes = cursor_of(inside->in.data + HEAD, size);
	inside->taken = HEAD + (size_t)size;
	return kind;
}

void sandbox_flush(struct sandbox_inside *inside)
{
	const char *p = inside->out.data;
	size_t left = inside->out.len;

	if (inside->out.failed)
		_exit(BROKEN);
	while (left) {
		ssize_t n = write(1, p, left);

		if (n < 0 && errno != EINTR)
			_exit(BROKEN);
		p += n > 0 ? n : 0;
		left -= n > 0 ? (size_t)n : 0;
	}
	str_reset(&inside->out);
}

void sandbox_begin(struct sandbox_inside *inside, uint32_t kind)
{
	if (inside->open)
		cut(&inside->out, inside->start);
	begin(&inside->out, &inside->start, kind);
	inside->open = true;
}

void sandbox_end(struct sandbox_inside *inside)
{
	end(&inside->out, inside->start);
	inside->open = false;
	if (inside->out.failed || inside->out.len >= SEND_AT)
		sandbox_flush(inside);
}

void sandbox_put_u8(struct sandbox_inside *inside, uint8_t value)
{
	str_addc(&inside->out, (char)value);
}

void sandbox_put_u32(struct sandbox_inside *inside, uint32_t value)
{
	sandbox_add_u32(&inside->out, value);
}

void sandbox_put_i64(struct sandbox_inside *inside, int64_t value)
{
	sandbox_add_i64(&inside->out, value);
}

void sandbox_put_bytes(struct sandbox_inside *inside, const void *bytes, size_t n)
{
	str_add(&inside->out, bytes, n);
}

void sandbox_put_text(struct sandbox_inside *inside, const char *text)
{
	sandbox_add_text(&inside->out, text, strlen(text));
}

void sandbox_works_on(struct sandbox_inside *inside, uint32_t subject, uint32_t pack)
{
	inside->stand->subject = subject;
	inside->stand->pack = pack;
}

/* ---- outside ----------------------------------------------------------------------------- */

struct sandbox {
	pid_t pid; /* 0: it was waited for */
	int to, from;
	struct str out, in;
	size_t sent, taken; /* of out, of in */
	size_t start;       /* of the frame that is being written */
	int64_t waited_us; /* for the answer at hand, not while its frames are made use of */
	int stall_ms;
	struct stand *stand;
};

/* Never returns. */
static void inside_process(int in, int out, struct stand *stand, void (*prepare)(void *context),
	void (*work)(struct sandbox_inside *inside, void *context), void *context)
{
	struct sandbox_inside inside = {.in = STR_INIT(SANDBOX_FRAME_MAX + HEAD + READ_SIZE),
		.out = STR_INIT(SANDBOX_FRAME_MAX + HEAD + SEND_AT), .stand = stand};

	for (int i = 1; i < NSIG;
		i++) /* what the parent does about signals is not this one's */
		if (i != SIGSEGV && i != SIGBUS)
			signal(i, SIG_DFL);
	if (prepare)
		prepare(context);
	if (confine_process(in, out, SANDBOX_CPU_SECONDS, SANDBOX_MEMORY_MAX) < 0)
		_exit(CONFINE_REFUSED);
	work(&inside, context);
	sandbox_flush(&inside);
	_exit(0);
}

static int start(struct sandbox *sandbox, void (*prepare)(void *context),
	void (*work)(struct sandbox_inside *inside, void *context), void *context)
{
	int in[2], out[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) < 0)
		return -1;
	if (pipe2(out, O_CLOEXEC) < 0) {
		close(in[0]);
		close(in[1]);
		return -1;
	}
	sandbox->pid = fork();
	if (sandbox->pid == 0)
		inside_process(in[1], out[1], sandbox->stand, prepare, work, context);
	close(in[1]);
	close(out[1]);
	fcntl(out[0], F_SETPIPE_SZ, PIPE_SIZE); /* where it may */
	/* No later process sees it. */
	madvise(sandbox->stand, sizeof(*sandbox->stand), MADV_DONTFORK);
	sandbox->to = in[0];
	sandbox->from = out[0];
	if (sandbox->pid < 0)
		sandbox->pid = 0;
	return sandbox->pid && fcntl(out[0], F_SETFL, O_NONBLOCK) == 0 ? 0 : -1;
}

int sandbox_start(void (*prepare)(void *context),
	void (*work)(struct sandbox_inside *inside, void *context), void *context,
	struct sandbox **ret_sandbox, struct error *reterr)
{
	_cleanup_(sandbox_freep) struct sandbox *sandbox = calloc(1, sizeof(*sandbox));

	if (!sandbox)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a confined process");
	sandbox->to = sandbox->from = -1;
	sandbox->out = STR_INIT(OUT_MAX);
	sandbox->in = STR_INIT(SANDBOX_FRAME_MAX + HEAD + READ_SIZE);
	sandbox->stall_ms = SANDBOX_STALL_MS;
	sandbox->stand = mmap(NULL, sizeof(*sandbox->stand), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sandbox->stand == MAP_FAILED)
		sandbox->stand = NULL;
	if (!sandbox->stand || start(sandbox, prepare, work, context) < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "no confined process");
	*ret_sandbox = STEAL(sandbox);
	return 0;
}

static int reap(struct sandbox *sandbox)
{
	int status = 0;

	while (sandbox->pid && waitpid(sandbox->pid, &status, 0) < 0 && errno == EINTR)
		;
	sandbox->pid = 0;
	return status;
}

void sandbox_free(struct sandbox *sandbox)
{
	if (!sandbox)
		return;
	if (sandbox->to >= 0)
		close(sandbox->to);
	if (sandbox->from >= 0)
		close(sandbox->from);
	if (sandbox->pid)
		kill(sandbox->pid, SIGKILL);
	reap(sandbox);
	if (sandbox->stand)
		munmap(sandbox->stand, sizeof(*sandbox->stand));
	str_done(&sandbox->in);
	str_done(&sandbox->out);
	free(sandbox);
}

void sandbox_set_stall(struct sandbox *sandbox, int ms)
{
	sandbox->stall_ms = ms;
}

struct str *sandbox_out(struct sandbox *sandbox)
{
	return &sandbox->out;
}

void sandbox_out_begin(struct sandbox *sandbox, uint32_t kind)
{
	if (sandbox->sent)
		drop_taken(&sandbox->out, &sandbox->sent);
	begin(&sandbox->out, &sandbox->start, kind);
}

void sandbox_out_end(struct sandbox *sandbox)
{
	end(&sandbox->out, sandbox->start);
}

void sandbox_stood(const struct sandbox *sandbox, uint32_t *ret_subject, uint32_t *ret_pack)
{
	*ret_subject = sandbox->stand->subject;
	*ret_pack = sandbox->stand->pack;
}

/* ---- feeding and hearing ----------------------------------------------------------------- */

/* False if the process takes no more; why is told by its end. */
static bool feed(struct sandbox *sandbox)
{
	ssize_t n = send(sandbox->to, sandbox->out.data + sandbox->sent,
		sandbox->out.len - sandbox->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK;
	sandbox->sent += (size_t)n;
	if (sandbox->sent == sandbox->out.len) {
		str_reset(&sandbox->out);
		sandbox->sent = 0;
	}
	return true;
}

void sandbox_feed(struct sandbox *const *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (all[i]->out.len > all[i]->sent)
			feed(all[i]);
}

/* Bytes that came, 0 if the process said its last, -1 if none came now. */
static ssize_t hear(struct sandbox *sandbox)
{
	static char chunk[READ_SIZE];
	ssize_t n = read(sandbox->from, chunk, sizeof(chunk));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK ? -1 : 0;
	str_add(&sandbox->in, chunk, (size_t)n);
	return sandbox->in.failed ? 0 : n;
}

/* 1: a whole frame is there; 0: not yet; ERROR_INPUT: it would be too large. */
static int take_frame(struct sandbox *sandbox, uint32_t *ret_kind, struct cursor *ret_bytes,
	struct error *reterr)
{
	struct cursor head = cursor_of(
		sandbox->in.data + sandbox->taken, sandbox->in.len - sandbox->taken);
	uint32_t kind, size;

	if (cursor_left(&head) < HEAD)
		return 0;
	kind = cursor_be32(&head);
	size = cursor_be32(&head);
	if (size > SANDBOX_FRAME_MAX)
		return error_set(reterr, ERROR_INPUT,
			"the process that judges gave an answer of %u bytes, which is none",
			size);
	if (cursor_left(&head) < size)
		return 0;
	*ret_kind = kind;
	*ret_bytes = cursor_of(cursor_rest(&head), size);
	sandbox->taken += HEAD + (size_t)size;
	return 1;
}

/* Its exit status; one that closed its ends and lives on is ended. */
static int last_word(struct sandbox *sandbox)
{
	int status = 0;

	for (int i = 0; i < LAST_WORD_MS && sandbox->pid; i++) {
		if (waitpid(sandbox->pid, &status, WNOHANG) == sandbox->pid) {
			sandbox->pid = 0;
			return status;
		}
		poll(NULL, 0, 1);
	}
	if (sandbox->pid)
		kill(sandbox->pid, SIGKILL);
	return reap(sandbox);
}

static int ended(struct sandbox *sandbox, bool stalled, struct error *reterr)
{
	int status;

	if (stalled && sandbox->pid)
		kill(sandbox->pid, SIGKILL);
	status = last_word(sandbox);
	if (stalled)
		return error_set(reterr, ERROR_INPUT,
			"the process that judges gave no answer for %d s and was ended",
			(sandbox->stall_ms + 999) / 1000);
	if (WIFSIGNALED(status))
		return error_set(reterr, ERROR_INPUT,
			"the process that judges was ended by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) == CONFINE_REFUSED)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot confine the process that judges");
	return error_set(reterr, ERROR_INPUT, "the process that judges gave up (exit %d)",
		WEXITSTATUS(status));
}

/* What a process takes no more goes nowhere; its end is told when it is waited for. */
static bool feed_or_drop(struct sandbox *sandbox)
{
	bool fed = feed(sandbox);

	if (!fed) {
		str_reset(&sandbox->out);
		sandbox->sent = 0;
	}
	return fed;
}

/* One round for all; what is waited for is heard until its answer is due. */
static int turn(struct sandbox *const *all, size_t n, size_t which, struct error *reterr)
{
	struct pollfd polls[2 * PROCESSES_MAX];
	struct sandbox *sandbox = all[which];
	int64_t left_ms = sandbox->stall_ms - sandbox->waited_us / 1000, since_us;
	int r;

	for (size_t i = 0; i < n; i++) {
		bool more = all[i]->out.len > all[i]->sent;

		polls[2 * i] = (struct pollfd){more ? all[i]->to : -1, POLLOUT, 0};
		polls[2 * i + 1] = (struct pollfd){i == which ? all[i]->from : -1, POLLIN, 0};
	}
	if (left_ms <= 0)
		return ended(sandbox, true, reterr);
	since_us = clock_monotonic_us();
	r = poll(polls, 2 * n, (int)left_ms);
	sandbox->waited_us += clock_monotonic_us() - since_us;
	if (r < 0 && errno != EINTR)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot wait for a process");
	for (size_t i = 0; r > 0 && i < n; i++) {
		bool fed = !polls[2 * i].revents || feed_or_drop(all[i]);

		if (i != which)
			continue;
		if (polls[2 * i + 1].revents && hear(all[i]) == 0)
			return ended(all[i], false, reterr);
		if (!fed && !polls[2 * i + 1].revents)
			return ended(all[i], false, reterr);
	}
	return 0;
}

int sandbox_wait_more(struct sandbox *const *all, size_t n, size_t which, uint32_t *ret_kind,
	struct cursor *ret_bytes, struct error *reterr)
{
	struct sandbox *sandbox = all[which];
	int r;

	if (n > PROCESSES_MAX || sandbox->out.failed)
		return error_set(reterr, ERROR_SYSTEM, "no memory for what is to be judged");
	if (sandbox->taken == sandbox->in.len) {
		str_reset(&sandbox->in);
		sandbox->taken = 0;
	}
	r = take_frame(sandbox, ret_kind, ret_bytes, reterr);
	if (r == 0 && sandbox->taken)
		drop_taken(&sandbox->in, &sandbox->taken);
	while (r == 0) {
		r = turn(all, n, which, reterr);
		if (r == 0)
			r = take_frame(sandbox, ret_kind, ret_bytes, reterr);
	}
	return r < 0 ? r : 0;
}

int sandbox_wait(struct sandbox *const *all, size_t n, size_t which, uint32_t *ret_kind,
	struct cursor *ret_bytes, struct error *reterr)
{
	all[which]->waited_us = 0;
	return sandbox_wait_more(all, n, which, ret_kind, ret_bytes, reterr);
}

/* ---- reading ----------------------------------------------------------------------------- */

static void get_text(struct cursor *c, size_t max, bool lines, struct str *out)
{
	uint32_t n = cursor_be32(c);
	const char *text = n <= max ? (const char *)cursor_bytes(c, n) : NULL;
	size_t from = 0;

	if (!text) {
		cursor_fail(c);
		return;
	}
	for (size_t i = 0; i <= n; i++) {
		if (i < n && !(lines && (text[i] == '\n' || text[i] == '\t')))
			continue;
		if (!text_is_clean(text + from, i - from))
			cursor_fail(c);
		from = i + 1;
	}
	str_add(out, text, n);
	if (out->failed)
		cursor_fail(c);
}

void sandbox_get_line(struct cursor *c, size_t max, struct str *out)
{
	get_text(c, max, false, out);
}

void sandbox_get_xml(struct cursor *c, size_t max, struct str *out)
{
	get_text(c, max, true, out);
}

int64_t sandbox_get_i64(struct cursor *c)
{
	return (int64_t)cursor_be64(c);
}
