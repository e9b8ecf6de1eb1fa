/* SPDX-License-Identifier: Apache-2.0 */
/* Files written piece by piece and published whole; see file_stream.h. */
#include "common/file_stream.h"

#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void directory_of(const char *path, char out[4096])
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		snprintf(out, 4096, ".");
	else if (slash == path)
		snprintf(out, 4096, "/");
	else
		snprintf(out, 4096, "%.*s", (int)(slash - path), path);
}

int file_stream_open(
	struct file_stream *stream, const char *path, bool quick, struct error *reterr)
{
	char directory[4096];

	*stream = (struct file_stream){
		.buffer = STR_INIT(4 * FILE_STREAM_BUFFER), .fd = -1, .quick = quick};
	if ((size_t)snprintf(stream->path, sizeof(stream->path), "%s", path) + 8 >=
		sizeof(stream->path))
		return error_set(reterr, ERROR_USAGE, "path \"%.80s...\" is too long", path);
	if (strcmp(path, "-") == 0) {
		stream->fd = STDOUT_FILENO;
		return 0;
	}
	directory_of(path, directory);
	stream->fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
	if (stream->fd < 0) {
		snprintf(stream->aside, sizeof(stream->aside), "%.4080s.XXXXXX", path);
		stream->fd = mkostemp(stream->aside, O_CLOEXEC);
		stream->named = stream->fd >= 0;
	}
	if (stream->fd < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot write \"%s\"", path);
	return 0;
}

static int drain(struct file_stream *stream)
{
	struct error error = {0};
	int r;

	if (stream->failed)
		return stream->failed;
	if (stream->buffer.failed)
		r = error_set(&error, ERROR_SYSTEM, "no memory for what is to be written");
	else
		r = file_write_all(stream->fd, stream->buffer.data, stream->buffer.len, &error);
	if (r < 0) {
		file_stream_fail(stream, r, error.text);
		return r;
	}
	stream->bytes += stream->buffer.len;
	str_reset(&stream->buffer);
	return 0;
}

int file_stream_spill(struct file_stream *stream)
{
	if (stream->failed ||
		(stream->buffer.len < FILE_STREAM_BUFFER / 2 && !stream->buffer.failed))
		return stream->failed;
	return drain(stream);
}

void file_stream_fail(struct file_stream *stream, int code, const char *text)
{
	if (stream->failed)
		return;
	stream->failed = code;
	error_set(&stream->error, code, "%s", text);
}

/* Gives a file without a name the name `aside`. */
static int name_it(struct file_stream *stream)
{
	char self[64];

	if (stream->named)
		return fchmod(stream->fd, 0644);
	snprintf(self, sizeof(self), "/proc/self/fd/%d", stream->fd);
	for (int i = 0; i < 1000; i++) {
		snprintf(stream->aside, sizeof(stream->aside), "%.4080s.%d-%d", stream->path,
			(int)getpid(), i);
		if (linkat(AT_FDCWD, self, AT_FDCWD, stream->aside, AT_SYMLINK_FOLLOW) == 0) {
			stream->named = true;
			return 0;
		}
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

int file_stream_commit(struct file_stream *stream, struct error *reterr)
{
	int r = drain(stream);

	if (r < 0)
		error_set(reterr, r, "\"%s\": %s", stream->path, stream->error.text);
	else if (stream->fd != STDOUT_FILENO &&
		 ((!stream->quick && fsync(stream->fd) < 0) || name_it(stream) < 0 ||
			 rename(stream->aside, stream->path) < 0))
		r = error_errno(
			reterr, ERROR_SYSTEM, errno, "cannot write \"%s\"", stream->path);
	else
		stream->named = false;
	file_stream_close(stream);
	return r;
}

void file_stream_close(struct file_stream *stream)
{
	if (stream->named)
		unlink(stream->aside);
	stream->named = false;
	if (stream->fd > STDERR_FILENO)
		close(stream->fd);
	stream->fd = -1;
	if (stream->buffer.data)
		str_done(&stream->buffer);
}
