/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a file of targets; see target_file.h. */
#include "cli/target_file.h"

#include "common/cleanup.h"

#include <errno.h>
#include <string.h>

#define PIECE_BYTES (256 * 1024)

/* A line that is not whole in a piece is put together here; of one that is too long, and of
 * what is behind a '#', nothing more is kept. */
struct line {
	char text[TARGET_LINE_BYTES + 1];
	size_t n;
	bool comment, too_long;
	bool cr, bare_cr; /* it ends so far with a carriage return; something followed one */
	bool full; /* only blanks may follow: the rest of those behind the text is not kept */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* "198.18.0.1" or "198.18.0.0/24" as nearly all lines are. False: look closer. */
static bool read_plain(const char *text, struct addr_range *ret)
{
	uint32_t v = 0, length = 32, mask;

	for (int i = 0; i < 4; i++) {
		uint32_t octet = (uint32_t)(*text++ - '0');

		if (octet > 9)
			return false;
		for (; *text >= '0' && *text <= '9'; text++) {
			octet = octet * 10 + (uint32_t)(*text - '0');
			if (octet < 10 || octet > 255)
				return false;
		}
		v = v << 8 | octet;
		if (i < 3 && *text++ != '.')
			return false;
	}
	if (*text == '/') {
		length = (uint32_t)(text[1] - '0');
		text += 2;
		if (length > 9)
			return false;
		if (*text >= '0' && *text <= '9')
			length = length * 10 + (uint32_t)(*text++ - '0');
		if (length < 1 || length > 32)
			return false;
	}
	mask = UINT32_MAX >> (length - 1) >> 1;
	if (*text || v & mask)
		return false;
	*ret = (struct addr_range){addr_v4(v), addr_v4(v | mask)};
	return true;
}

static int refuse(struct target_file *file, const struct error *why)
{
	file->n_bad++;
	if (file->bad)
		file->bad(file->context, file->name, file->lines, why->text);
	return 0;
}

/* `text` has no comment and ends with NUL. */
static int take_text(struct target_file *file, char *text, size_t n, struct error *reterr)
{
	struct error why = {0};
	struct addr_range range;
	int r = 0;

	if (++file->taken > TARGET_LINES_MAX)
		return error_set(reterr, ERROR_INPUT,
			"\"%s\" has more than %u lines; use several files", file->name,
			TARGET_LINES_MAX);
	if (memchr(text, 0, n))
		r = error_set(&why, ERROR_USAGE, "there is a NUL in the line; this is no text");
	else if (!read_plain(text, &range))
		r = addr_range_parse(text, &range, &why);
	if (r < 0)
		return refuse(file, &why);
	r = file->take(file->context, &range, &why);
	if (r > 0)
		return refuse(file, &why);
	return r < 0 ? error_wrap(reterr, error_set(reterr, r, "%s", why.text),
			       "\"%s\", line %llu", file->name, (unsigned long long)file->lines)
		     : 0;
}

/* A carriage return that something follows ends a line for who wrote it, and none for us: what
 * is behind it would be lost in a comment. */
static void look_for_returns(struct line *line, const char *bytes, size_t n)
{
	if (!n || (!line->cr && !memchr(bytes, '\r', n)))
		return;
	for (size_t i = 0; i < n; i++) {
		line->bare_cr |= line->cr && bytes[i] != '\r';
		line->cr = bytes[i] == '\r';
	}
}

static void add(struct line *line, const char *bytes, size_t n)
{
	const char *mark;

	look_for_returns(line, bytes, n);
	if (line->comment)
		return;
	mark = memchr(bytes, '#', n);
	if (mark) {
		line->comment = true;
		n = (size_t)(mark - bytes);
	}
	while (n && (!line->n || line->full) && is_blank(*bytes))
		bytes++, n--;
	if (line->n + n > TARGET_LINE_BYTES) {
		line->full = true;
		for (size_t i = TARGET_LINE_BYTES - line->n; i < n; i++)
			line->too_long |= !is_blank(bytes[i]);
		n = TARGET_LINE_BYTES - line->n;
	}
	memcpy(line->text + line->n, bytes, n);
	line->n += n;
}

static int end_line(struct target_file *file, struct line *line, struct error *reterr)
{
	struct error why = {0};
	bool too_long = line->too_long, bare_cr = line->bare_cr;
	size_t n = line->n;

	file->lines++;
	line->n = 0;
	line->comment = line->too_long = line->full = line->cr = line->bare_cr = false;
	while (n && is_blank(line->text[n - 1]))
		n--;
	if (bare_cr) {
		file->taken++;
		error_set(&why, ERROR_USAGE,
			"a carriage return within the line; save the file with LF or CR LF");
		return refuse(file, &why);
	}
	if (!n)
		return 0;
	line->text[n] = '\0';
	if (!too_long)
		return take_text(file, line->text, n, reterr);
	file->taken++;
	error_set(&why, ERROR_USAGE, "longer than any address, prefix or range (%d bytes)",
		TARGET_LINE_BYTES);
	return refuse(file, &why);
}

static int take_piece(struct target_file *file, struct line *line, const char *bytes, size_t n,
	struct error *reterr)
{
	int r = 0;

	while (r == 0 && n) {
		const char *end = memchr(bytes, '\n', n);
		size_t length = end ? (size_t)(end - bytes) : n;

		add(line, bytes, length);
		if (end)
			r = end_line(file, line, reterr);
		bytes += length + !!end;
		n -= length + !!end;
	}
	return r;
}

/* Fills the piece as far as the file goes. */
static int read_piece(const struct target_file *file, struct digest *digest, char *piece,
	size_t *ret_n, struct error *reterr)
{
	*ret_n = 0;
	while (*ret_n < PIECE_BYTES) {
		ssize_t n = read(file->fd, piece + *ret_n, PIECE_BYTES - *ret_n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(
				reterr, ERROR_INPUT, errno, "cannot read \"%s\"", file->name);
		if (n == 0)
			return 0;
		digest_update(digest, piece + *ret_n, (size_t)n);
		*ret_n += (size_t)n;
	}
	return 0;
}

int target_file_read(struct target_file *file, struct error *reterr)
{
	_cleanup_(cleanup_freep) char *piece = malloc(PIECE_BYTES);
	_cleanup_(digest_freep) struct digest *digest = digest_new();
	struct line line = {.n = 0};
	size_t n = 0, skip;
	int r;

	file->lines = file->taken = file->n_bad = 0;
	if (!piece || !digest)
		return error_set(reterr, ERROR_SYSTEM, "no memory to read \"%s\"", file->name);
	r = read_piece(file, digest, piece, &n, reterr);
	if (r == 0 && n >= 2 &&
		(memcmp(piece, "\xff\xfe", 2) == 0 || memcmp(piece, "\xfe\xff", 2) == 0))
		return error_set(reterr, ERROR_INPUT,
			"\"%s\" is UTF-16, in which addresses cannot be read; save it as UTF-8",
			file->name);
	skip = n >= 3 && memcmp(piece, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	while (r == 0 && n) {
		r = take_piece(file, &line, piece + skip, n - skip, reterr);
		skip = 0;
		if (r == 0)
			r = read_piece(file, digest, piece, &n, reterr);
	}
	digest_value(digest, file->sha256);
	/* The last line may lack its end. */
	return r == 0 && (line.n || line.too_long || line.comment)
		       ? end_line(file, &line, reterr)
		       : r;
}
