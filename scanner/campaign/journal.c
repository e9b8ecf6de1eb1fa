/* SPDX-License-Identifier: Apache-2.0 */
/* Head and blocks of a file; see journal.h. What a record is made of is in record.c. */
#include "scanner/campaign/journal.h"

#include "common/cursor.h"
#include "common/file.h"
#include "common/packer.h"
#include "scanner/campaign/record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define NAME "cadastre journal "
#define MAGIC NAME "4\n"
#define MAGIC_SIZE (sizeof(MAGIC) - 1)
#define FRAME_SIZE 12 /* of a block's size and check */
#define LOCK_WAIT_MS 2000
#define LOCK_NAP_MS 20
#define HEAD_MAX (JOURNAL_WORDS_MAX + 1024)

struct journal {
	int claim, fd; /* reads; adds */
	struct journal_head head;
	off_t at, end; /* the next block to be read; the end of the blocks */
	bool read, failed;
	uint8_t in[FRAME_SIZE + JOURNAL_BLOCK_MAX], out[FRAME_SIZE + JOURNAL_BLOCK_MAX];
	struct cursor records; /* in `in` */
	struct packer added;   /* in `out`, behind the frame */
};

/* Against torn writes, not against people: who may write here may forge it. */
static uint64_t check_of(const void *bytes, size_t n)
{
	static const struct siphash_key key = {0x6361646173747265, 0x6a6f75726e616c31};

	return siphash(&key, bytes, n);
}

static int damaged(const char *path, struct error *reterr)
{
	return error_set(reterr, ERROR_INPUT,
		"\"%s\" is not the journal of a scan, or is damaged; scan anew", path);
}

static int foreign(const char *path, const char magic[MAGIC_SIZE], struct error *reterr)
{
	if (memcmp(magic, NAME, sizeof(NAME) - 1) != 0)
		return damaged(path, reterr);
	return error_set(reterr, ERROR_INPUT,
		"\"%s\" is the journal of a scan that another version of cadastre began; scan anew",
		path);
}

static void put_frame(uint8_t *block, size_t size)
{
	struct packer p = packer_of(block, FRAME_SIZE);

	packer_be32(&p, (uint32_t)size);
	packer_be64(&p, check_of(block + FRAME_SIZE, size));
}

/* The block at an offset, at most max bytes of it: its size; -1 if there is no whole one. */
static ssize_t read_block(int fd, off_t at, uint8_t *block, size_t max)
{
	struct cursor c = cursor_of(block, FRAME_SIZE);
	ssize_t got = pread(fd, block, FRAME_SIZE, at);
	size_t size = cursor_be32(&c);
	uint64_t check = cursor_be64(&c);

	if (got != FRAME_SIZE || size > max ||
		pread(fd, block + FRAME_SIZE, size, at + FRAME_SIZE) != (ssize_t)size ||
		check != check_of(block + FRAME_SIZE, size))
		return -1;
	return (ssize_t)size;
}

/* ---- the head ---------------------------------------------------------------------------- */

static void put_head(struct packer *p, const struct journal_head *head)
{
	packer_be64(p, head->key.k0);
	packer_be64(p, head->key.k1);
	packer_be16(p, head->port);
	packer_be64(p, head->asked);
	packer_be64(p, (uint64_t)head->header.started_us);
	packer_bytes(p, head->header.id, sizeof(head->header.id));
	packer_bytes(p, head->header.realm, sizeof(head->header.realm));
	packer_bytes(p, head->header.vantage, sizeof(head->header.vantage));
	packer_bytes(p, head->header.tool, sizeof(head->header.tool));
	packer_be32(p, (uint32_t)head->words_size);
	packer_bytes(p, head->words, head->words_size);
}

static void get_text(struct cursor *c, char *out, size_t size)
{
	const uint8_t *bytes = cursor_bytes(c, size);

	if (!bytes || bytes[size - 1])
		cursor_fail(c);
	else
		memcpy(out, bytes, size);
}

static bool get_head(struct cursor *c, struct journal_head *head)
{
	const uint8_t *words;

	head->key.k0 = cursor_be64(c);
	head->key.k1 = cursor_be64(c);
	head->port = cursor_be16(c);
	head->asked = cursor_be64(c);
	head->header.started_us = (int64_t)cursor_be64(c);
	get_text(c, head->header.id, sizeof(head->header.id));
	get_text(c, head->header.realm, sizeof(head->header.realm));
	get_text(c, head->header.vantage, sizeof(head->header.vantage));
	get_text(c, head->header.tool, sizeof(head->header.tool));
	head->words_size = cursor_be32(c);
	words = cursor_bytes(c, head->words_size);
	if (!words)
		return false;
	head->words = malloc(head->words_size + 1);
	if (head->words)
		memcpy(head->words, words, head->words_size);
	return head->words != NULL;
}

static int write_head(int fd, const char *path, const struct journal_head *head,
	off_t *ret_end, struct error *reterr)
{
	_cleanup_(cleanup_freep) uint8_t *block = malloc(FRAME_SIZE + HEAD_MAX);
	struct packer p = packer_of(block ? block + FRAME_SIZE : NULL, block ? HEAD_MAX : 0);
	size_t size;

	put_head(&p, head);
	if (!block || !packer_ok(&p))
		return error_set(reterr, ERROR_SYSTEM, "no memory for the journal of a scan");
	put_frame(block, p.pos);
	size = FRAME_SIZE + p.pos;
	if (pwrite(fd, MAGIC, MAGIC_SIZE, 0) != (ssize_t)MAGIC_SIZE ||
		pwrite(fd, block, size, MAGIC_SIZE) != (ssize_t)size || fdatasync(fd) < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot write \"%s\"", path);
	*ret_end = (off_t)(MAGIC_SIZE + size);
	return 0;
}

static int read_head(int fd, const char *path, struct journal_head *ret, off_t *ret_end,
	struct error *reterr)
{
	_cleanup_(cleanup_freep) uint8_t *block = malloc(FRAME_SIZE + HEAD_MAX);
	char magic[MAGIC_SIZE];
	struct cursor c;
	ssize_t size;

	if (!block)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the journal of a scan");
	if (pread(fd, magic, MAGIC_SIZE, 0) != (ssize_t)MAGIC_SIZE)
		return damaged(path, reterr);
	if (memcmp(magic, MAGIC, MAGIC_SIZE) != 0)
		return foreign(path, magic, reterr);
	size = read_block(fd, MAGIC_SIZE, block, HEAD_MAX);
	if (size < 0)
		return damaged(path, reterr);
	c = cursor_of(block + FRAME_SIZE, (size_t)size);
	if (!get_head(&c, ret))
		return damaged(path, reterr);
	*ret_end = (off_t)MAGIC_SIZE + FRAME_SIZE + size;
	return 0;
}

static int open_file(const char *path, int flags, struct error *reterr)
{
	int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return error_errno(reterr, errno == ENOENT ? ERROR_INPUT : ERROR_SYSTEM, errno,
			"cannot open the journal \"%s\"", path);
	return fd;
}

int journal_read_head(const char *path, struct journal_head *ret, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd = open_file(path, O_RDONLY, reterr);
	off_t end;

	*ret = (struct journal_head){0};
	return fd < 0 ? fd : read_head(fd, path, ret, &end, reterr);
}

/* ---- the file ---------------------------------------------------------------------------- */

/* The name that a journal has until its head is in it. */
static void aside_of(const char *path, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%.*s.new", PATH_MAX - 8, path);
}

/* Processes of an attempt that was ended just now may still be on their way out. */
static int lock(int fd, const char *path, struct error *reterr)
{
	const struct timespec nap = {0, LOCK_NAP_MS * 1000000};

	for (int waited = 0; waited <= LOCK_WAIT_MS; waited += LOCK_NAP_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		nanosleep(&nap, NULL);
	}
	return error_set(reterr, ERROR_USAGE,
		"the scan of \"%s\" is running; stop it first, or let it come to its end",
		path);
}

/* It may have come to its end, and been removed, while it was waited for. */
static bool is_at(int fd, const char *path)
{
	struct stat here, there;

	return fstat(fd, &here) == 0 && lstat(path, &there) == 0 &&
	       here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

int journal_claim(const char *path, bool is_new, int *ret_claim, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd = -1;
	char aside[PATH_MAX];
	int r;

	aside_of(path, aside);
	fd = open_file(
		is_new ? aside : path, O_RDONLY | (is_new ? O_CREAT | O_EXCL : 0), reterr);
	if (fd < 0)
		return fd;
	r = lock(fd, path, reterr);
	if (r == 0 && !is_new && !is_at(fd, path))
		r = error_set(
			reterr, ERROR_INPUT, "the scan of \"%s\" has come to its end", path);
	if (r < 0)
		return r;
	*ret_claim = fd;
	fd = -1;
	return 0;
}

void journal_drop(const char *path, bool is_new, int claim)
{
	char aside[PATH_MAX];

	aside_of(path, aside);
	if (is_new && is_at(claim, aside))
		unlink(aside);
	if (is_new && is_at(claim, path))
		unlink(path);
	close(claim);
}

bool journal_is_claimed(const char *path)
{
	_cleanup_(cleanup_closep) int fd = open_file(path, O_RDONLY, NULL);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
}

static int no_memory(struct error *reterr)
{
	return error_set(reterr, ERROR_SYSTEM, "no memory for the journal of a scan");
}

static struct journal *make(int claim)
{
	struct journal *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->claim = claim;
	j->fd = -1;
	j->added = packer_of(j->out + FRAME_SIZE, JOURNAL_BLOCK_MAX);
	return j;
}

int journal_new(const char *path, int claim, const struct journal_head *head,
	struct journal **ret, struct error *reterr)
{
	_cleanup_(journal_freep) struct journal *j = make(claim);
	_cleanup_(cleanup_closep) int fd = -1;
	char aside[PATH_MAX];
	int r;

	if (!j)
		return no_memory(reterr);
	aside_of(path, aside);
	fd = open_file(aside, O_RDWR, reterr);
	if (fd < 0)
		return fd;
	j->head = *head;
	j->head.words = NULL; /* the caller's */
	j->head.words_size = 0;
	r = write_head(fd, path, head, &j->end, reterr);
	if (r < 0)
		return r;
	if (rename(aside, path) < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot make \"%s\"", path);
	j->fd = open_file(path, O_WRONLY | O_APPEND, reterr);
	if (j->fd < 0)
		return j->fd;
	j->read = true;
	*ret = STEAL(j);
	return 0;
}

/* Where the whole blocks end; what follows is cut off. */
static int cut(struct journal *j, const char *path, int fd, struct error *reterr)
{
	off_t end = j->at;

	for (;;) {
		ssize_t size = read_block(fd, end, j->in, JOURNAL_BLOCK_MAX);

		if (size < 0)
			break;
		end += FRAME_SIZE + size;
	}
	j->end = end;
	return ftruncate(fd, end) < 0
		       ? error_errno(reterr, ERROR_SYSTEM, errno, "cannot write \"%s\"", path)
		       : 0;
}

static void next_attempt(char id[BUNDLE_ID_SIZE])
{
	char *tail = id + BUNDLE_ID_SIZE - 1 - JOURNAL_ATTEMPT;

	snprintf(tail, JOURNAL_ATTEMPT + 1, "%08x", (unsigned int)strtoul(tail, NULL, 16) + 1);
}

int journal_open(const char *path, int claim, struct journal **ret, struct error *reterr)
{
	_cleanup_(journal_freep) struct journal *j = make(claim);
	_cleanup_(cleanup_closep) int fd = -1;
	int r;

	if (!j)
		return no_memory(reterr);
	fd = open_file(path, O_RDWR, reterr);
	if (fd < 0)
		return fd;
	r = read_head(fd, path, &j->head, &j->at, reterr);
	if (r == 0)
		r = cut(j, path, fd, reterr);
	if (r < 0)
		return r;
	next_attempt(j->head.header.id);
	r = write_head(fd, path, &j->head, &j->at, reterr);
	if (r < 0)
		return r;
	j->fd = open_file(path, O_WRONLY | O_APPEND, reterr);
	if (j->fd < 0)
		return j->fd;
	*ret = STEAL(j);
	return 0;
}

void journal_free(struct journal *j)
{
	if (!j)
		return;
	if (j->fd >= 0)
		close(j->fd);
	free(j->head.words);
	free(j);
}

const struct journal_head *journal_head(const struct journal *j)
{
	return &j->head;
}

uint32_t journal_attempt(const struct journal *j)
{
	return (uint32_t)strtoul(
		j->head.header.id + BUNDLE_ID_SIZE - 1 - JOURNAL_ATTEMPT, NULL, 16);
}

bool journal_is_read(const struct journal *j)
{
	return j->read;
}

bool journal_failed(const struct journal *j)
{
	return j->failed;
}

int journal_next(struct journal *j, struct record *ret, struct error *reterr)
{
	while (!j->read && cursor_left(&j->records) == 0) {
		ssize_t size = j->at < j->end
				       ? read_block(j->claim, j->at, j->in, JOURNAL_BLOCK_MAX)
				       : -1;

		j->read = size < 0;
		j->at += FRAME_SIZE + (size > 0 ? size : 0);
		j->records = cursor_of(j->in + FRAME_SIZE, size > 0 ? (size_t)size : 0);
	}
	if (j->read)
		return JOURNAL_END;
	if (!record_get(&j->records, ret))
		return error_set(reterr, ERROR_INPUT,
			"the journal of this scan has a record that is none; scan anew");
	return 0;
}

void journal_flush(struct journal *j)
{
	size_t size = j->added.pos;

	if (size == 0)
		return;
	put_frame(j->out, size);
	if ((uint64_t)j->end + FRAME_SIZE + size > JOURNAL_SIZE_MAX ||
		file_write_all(j->fd, j->out, FRAME_SIZE + size, NULL) < 0)
		j->failed = true;
	j->end += (off_t)(FRAME_SIZE + size);
	j->added = packer_of(j->out + FRAME_SIZE, JOURNAL_BLOCK_MAX);
}

void journal_add(struct journal *j, const struct record *record)
{
	if (!j->read || j->failed)
		return;
	if (j->added.size - j->added.pos < RECORD_SIZE_MAX + JOURNAL_GROUP_MAX)
		journal_flush(j);
	record_put(&j->added, record);
}
