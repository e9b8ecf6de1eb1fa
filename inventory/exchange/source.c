/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file as it is handed over: opened once, read several times from its beginning, decompressed
 * (gzip, RFC 1952) in a confined process of its own. Standard input is kept in an unlinked
 * file, since it is surveyed before it is parsed.
 */
#include "inventory/exchange/internal.h"

#include "common/clock.h"
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <zlib.h>

#define CHUNK (64 * 1024)

enum {
	UNPACKED = 0,
	UNPACK_CUT = 3,
	UNPACK_DAMAGED = 4,
	UNPACK_TOO_LARGE = 5,
	UNPACK_FAILED = 6
};

static int64_t changed_us(const struct stat *st)
{
	return (int64_t)st->st_ctim.tv_sec * CLOCK_SECOND + st->st_ctim.tv_nsec / 1000;
}

static int keep_input(int *ret_fd, struct error *reterr)
{
	const char *dir = getenv("TMPDIR");
	_cleanup_(cleanup_closep) int fd = open(dir && *dir ? dir : "/var/tmp",
		O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	_cleanup_(cleanup_freep) char *chunk = malloc(CHUNK);
	uint64_t total = 0;

	if (fd < 0 || !chunk)
		return error_errno(reterr, ERROR_SYSTEM, fd < 0 ? errno : ENOMEM,
			"cannot keep standard input in a temporary file; set TMPDIR");
	for (;;) {
		ssize_t n = read(STDIN_FILENO, chunk, CHUNK);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(
				reterr, ERROR_INPUT, errno, "cannot read standard input");
		total += (uint64_t)n;
		if (total > EXCHANGE_FILE_MAX)
			return error_set(reterr, ERROR_INPUT,
				"standard input has more than %llu bytes; split it",
				(unsigned long long)EXCHANGE_FILE_MAX);
		r = file_write_all(fd, chunk, (size_t)n, reterr);
		if (r < 0)
			return r;
		if (n == 0)
			break;
	}
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int exchange_source_open(
	const char *path, struct exchange_source *ret_source, struct error *reterr)
{
	bool input = strcmp(path, "-") == 0;
	_cleanup_(cleanup_closep) int fd =
		input ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	unsigned char magic[2];
	struct stat st;
	int r = 0;

	if (input)
		r = keep_input(&fd, reterr);
	else if (fd < 0)
		r = error_errno(reterr, ERROR_INPUT, errno, "cannot read \"%s\"", path);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(reterr, ERROR_INPUT,
			"\"%s\" is no regular file; give a stream as standard input, with -",
			path);
	*ret_source = (struct exchange_source){.name = input ? "standard input" : path,
		.fd = fd,
		.gzip = pread(fd, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b,
		.changed_us = changed_us(&st),
		.size = st.st_size};
	fd = -1;
	return 0;
}

void exchange_source_close(struct exchange_source *source)
{
	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
}

bool exchange_source_same(const struct exchange_source *source)
{
	struct stat st;

	return fstat(source->fd, &st) == 0 && st.st_size == source->size &&
	       changed_us(&st) == source->changed_us;
}

/* ---- decompression ----------------------------------------------------------------------- */

static int unpack(void)
{
	static char chunk[CHUNK];
	gzFile file = gzdopen(0, "rb");
	uint64_t total = 0;
	int problem = Z_OK, n;

	if (!file)
		return UNPACK_FAILED;
	while ((n = gzread(file, chunk, sizeof(chunk))) > 0) {
		total += (uint64_t)n;
		if (total > EXCHANGE_FILE_MAX)
			return UNPACK_TOO_LARGE;
		if (file_write_all(1, chunk, (size_t)n, NULL) < 0)
			return UNPACKED; /* nobody wants more */
	}
	gzerror(file, &problem);
	if (problem == Z_BUF_ERROR)
		return UNPACK_CUT;
	return n < 0 || problem < 0 ? UNPACK_DAMAGED : UNPACKED;
}

int exchange_stream_open(const struct exchange_source *source, int *ret_fd, pid_t *ret_pid,
	struct error *reterr)
{
	int ends[2];
	pid_t pid;

	if (lseek(source->fd, 0, SEEK_SET) < 0)
		return error_errno(
			reterr, ERROR_INPUT, errno, "cannot read \"%s\"", source->name);
	*ret_pid = 0;
	if (!source->gzip) {
		*ret_fd = fcntl(source->fd, F_DUPFD_CLOEXEC, 3);
		return *ret_fd < 0 ? error_errno(reterr, ERROR_SYSTEM, errno, "no descriptor")
				   : 0;
	}
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(
			reterr, ERROR_SYSTEM, errno, "no pipe to decompress through");
	pid = fork();
	if (pid == 0)
		_exit(exchange_confine(source->fd, ends[1]) < 0 ? UNPACK_FAILED : unpack());
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return error_errno(reterr, ERROR_SYSTEM, errno, "no process to decompress");
	}
	*ret_fd = ends[0];
	*ret_pid = pid;
	return 0;
}

int exchange_stream_end(const struct exchange_source *source, int fd, pid_t pid,
	struct error *reterr)
{
	int status = 0;

	close(fd);
	if (pid == 0)
		return 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == UNPACKED)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == UNPACK_CUT)
		return EXCHANGE_CUT;
	if (WIFEXITED(status) && WEXITSTATUS(status) == UNPACK_TOO_LARGE)
		return error_set(reterr, ERROR_INPUT,
			"%s: decompressed, it has more than %llu bytes; split it", source->name,
			(unsigned long long)EXCHANGE_FILE_MAX);
	return error_set(reterr, ERROR_INPUT,
		"%s: its compressed data are damaged; fetch it again, and check it with gzip -t",
		source->name);
}

/* ---- the survey -------------------------------------------------------------------------- */

static int walk(int fd, const char *name, char *head, size_t *ret_head,
	uint8_t ret_digest[DIGEST_SIZE], struct error *reterr)
{
	_cleanup_(cleanup_freep) char *chunk = malloc(CHUNK);
	struct digest *digest = digest_new();
	size_t have = 0;
	uint64_t total = 0;
	int r = chunk && digest ? 1 : error_set(reterr, ERROR_SYSTEM, "no memory");

	while (r > 0) {
		ssize_t n = read(fd, chunk, CHUNK);
		size_t part;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			r = error_errno(reterr, ERROR_INPUT, errno, "cannot read \"%s\"", name);
		if (n <= 0)
			break;
		total += (uint64_t)n;
		if (total > EXCHANGE_FILE_MAX)
			r = error_set(reterr, ERROR_INPUT,
				"%s: it has more than %llu bytes; split it", name,
				(unsigned long long)EXCHANGE_FILE_MAX);
		digest_update(digest, chunk, (size_t)n);
		part = EXCHANGE_HEAD_MAX - have < (size_t)n ? EXCHANGE_HEAD_MAX - have
							    : (size_t)n;
		if (head)
			memcpy(head + have, chunk, part);
		have += part;
	}
	if (r > 0)
		digest_value(digest, ret_digest);
	if (ret_head)
		*ret_head = have;
	digest_free(digest);
	return r < 0 ? r : 0;
}

int exchange_source_survey(const struct exchange_source *source, char head[EXCHANGE_HEAD_MAX],
	size_t *ret_head, uint8_t ret_content[DIGEST_SIZE], uint8_t ret_file[DIGEST_SIZE],
	struct error *reterr)
{
	pid_t pid;
	int fd, r = exchange_stream_open(source, &fd, &pid, reterr), ended;

	if (r < 0)
		return r;
	r = walk(fd, source->name, head, ret_head, ret_content, reterr);
	ended = exchange_stream_end(source, fd, pid, r < 0 ? NULL : reterr);
	if (ended == EXCHANGE_CUT && r == 0)
		return error_set(reterr, ERROR_INPUT,
			"%s: its compressed data stop before their end; fetch it again",
			source->name);
	if (r < 0 || ended < 0)
		return r < 0 ? r : ended;
	if (!source->gzip) {
		memcpy(ret_file, ret_content, DIGEST_SIZE);
		return 0;
	}
	if (lseek(source->fd, 0, SEEK_SET) < 0)
		return error_errno(
			reterr, ERROR_INPUT, errno, "cannot read \"%s\"", source->name);
	return walk(source->fd, source->name, NULL, NULL, ret_file, reterr);
}
