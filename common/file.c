/* SPDX-License-Identifier: Apache-2.0 */
/* Whole-file reading and atomic publishing; see file.h. */
#include "common/file.h"

#include "common/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int file_read(const char *path, size_t max_bytes, struct str *out, struct error *reterr)
{
	_cleanup_(cleanup_closep) int opened = -1;
	int fd = STDIN_FILENO;
	size_t total = 0;
	char buffer[65536];

	if (strcmp(path, "-") != 0) {
		fd = opened = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return error_errno(
				reterr, ERROR_INPUT, errno, "cannot read \"%s\"", path);
	}

	for (;;) {
		ssize_t n = read(fd, buffer, sizeof(buffer));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(
				reterr, ERROR_INPUT, errno, "cannot read \"%s\"", path);
		if (n == 0)
			return 0;
		total += (size_t)n;
		if (total > max_bytes)
			return error_set(reterr, ERROR_INPUT,
				"\"%s\" is larger than the %zu bytes that are accepted", path,
				max_bytes);
		str_add(out, buffer, (size_t)n);
		if (out->failed)
			return error_set(
				reterr, ERROR_SYSTEM, "no memory to read \"%s\"", path);
	}
}

int file_write_all(int fd, const void *bytes, size_t n, struct error *reterr)
{
	const char *p = bytes;

	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return error_errno(reterr, ERROR_SYSTEM, errno, "cannot write");
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

int file_publish(const char *path, const void *bytes, size_t n, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd = -1;
	char aside[PATH_MAX];
	int r;

	if (strcmp(path, "-") == 0)
		return file_write_all(STDOUT_FILENO, bytes, n, reterr);

	if ((size_t)snprintf(aside, sizeof(aside), "%s.XXXXXX", path) >= sizeof(aside))
		return error_set(reterr, ERROR_USAGE, "path \"%.80s...\" is too long", path);
	fd = mkostemp(aside, O_CLOEXEC);
	if (fd < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot write \"%s\"", path);

	r = file_write_all(fd, bytes, n, reterr);
	if (r < 0) {
		unlink(aside);
		return error_wrap(reterr, r, "\"%s\"", path);
	}
	if (fchmod(fd, 0644) < 0 || fsync(fd) < 0 || rename(aside, path) < 0) {
		r = error_errno(reterr, ERROR_SYSTEM, errno, "cannot write \"%s\"", path);
		unlink(aside);
		return r;
	}
	return 0;
}

int file_create(
	const char *path, mode_t mode, const void *bytes, size_t n, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	int r;

	if (fd < 0)
		return error_errno(reterr, errno == EEXIST ? ERROR_USAGE : ERROR_SYSTEM, errno,
			"cannot make \"%s\"%s", path,
			errno == EEXIST ? " (what is there is never written over)" : "");
	r = file_write_all(fd, bytes, n, reterr);
	if (r == 0 && fsync(fd) < 0)
		r = error_errno(reterr, ERROR_SYSTEM, errno, "cannot write \"%s\"", path);
	if (r < 0)
		unlink(path);
	return r;
}

int file_open_private(const char *path, const char *what, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	int opened;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(
			reterr, ERROR_INPUT, errno, "cannot read %s \"%s\"", what, path);
	if (!S_ISREG(st.st_mode))
		return error_set(reterr, ERROR_INPUT, "%s \"%s\": that is no file", what, path);
	if (st.st_mode & 077)
		return error_set(reterr, ERROR_PERMISSION,
			"%s \"%s\" can be read by others; take that away with: chmod 600 %s",
			what, path, path);
	opened = fd;
	fd = -1; /* handed over */
	return opened;
}

int file_make_directory(const char *path, struct error *reterr)
{
	char partial[PATH_MAX];
	size_t n = strlen(path);

	if (n >= sizeof(partial))
		return error_set(reterr, ERROR_USAGE, "path \"%.80s...\" is too long", path);
	memcpy(partial, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (partial[i] != '/' && partial[i] != '\0')
			continue;
		partial[i] = '\0';
		if (mkdir(partial, 0755) < 0 && errno != EEXIST)
			return error_errno(reterr, ERROR_SYSTEM, errno,
				"cannot make directory \"%s\"", partial);
		partial[i] = path[i];
	}
	return 0;
}
