/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lean reader of bundle lines; see bundle_line.h and docs/adr/0006. It accepts a part of
 * JSON (RFC 8259) and refuses nothing: what it does not know it leaves to jansson. It never
 * reads past the n bytes that it is given.
 */
#include "common/model/bundle_line.h"

#include "common/cleanup.h"

#include <string.h>

const char *const bundle_member_names[BUNDLE_MEMBERS] = {
	[BUNDLE_KIND] = "kind",
	[BUNDLE_METHOD] = "method",
	[BUNDLE_TIME] = "time",
	[BUNDLE_RAW] = "raw",
	[BUNDLE_PROTOCOL] = "protocol",
	[BUNDLE_ADDR] = "addr",
	[BUNDLE_PEER] = "peer",
	[BUNDLE_MAC] = "mac",
	[BUNDLE_TRANSPORT] = "transport",
	[BUNDLE_PORT] = "port",
	[BUNDLE_TTL] = "ttl",
};

#define DIGITS_MAX 9
#define MEMBER_NAME_MAX 16

/* A text between its quotes. */
struct span {
	char *at;
	size_t n;
};

struct scan {
	char *at, *end;
	struct bundle_line *line;
};

#define EACH(byte) (0x0101010101010101ull * (byte))

/* Nonzero if one of eight bytes is a control character, not ASCII, a quote, a backslash or DEL.
 * A borrow out of a byte that is one may mark its neighbour too, never the reverse. */
static uint64_t odd_bytes(uint64_t x)
{
	uint64_t quote = x ^ EACH('"'), backslash = x ^ EACH('\\'), del = x ^ EACH(0x7f);

	return (x | (x - EACH(0x20)) | (quote - EACH(1)) | (backslash - EACH(1)) |
		       (del - EACH(1))) &
	       EACH(0x80);
}

static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static bool text(struct scan *scan, struct span *ret)
{
	char *p = scan->at;
	uint64_t eight;

	if (p == scan->end || *p != '"')
		return false;
	ret->at = ++p;
	for (; scan->end - p >= 8; p += 8) {
		memcpy(&eight, p, sizeof(eight));
		if (odd_bytes(eight))
			break;
	}
	while (p < scan->end && is_plain(*p))
		p++;
	if (p == scan->end || *p != '"' || scan->line->n_quotes == BUNDLE_QUOTES_MAX)
		return false;
	ret->n = (size_t)(p - ret->at);
	scan->line->quotes[scan->line->n_quotes++] = p;
	scan->at = p + 1;
	return true;
}

static bool mark(struct scan *scan, char c)
{
	if (scan->at == scan->end || *scan->at != c)
		return false;
	scan->at++;
	return true;
}

static void space(struct scan *scan)
{
	while (scan->at < scan->end && *scan->at == ' ')
		scan->at++;
}

static bool number(struct scan *scan, unsigned int *ret)
{
	char *from = scan->at;
	unsigned int value = 0;

	while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9' &&
		scan->at - from < DIGITS_MAX)
		value = 10 * value + (unsigned int)(*scan->at++ - '0');
	*ret = value;
	/* A zero in front, a tenth digit, a fraction or an exponent: not plain. */
	return scan->at > from && (*from != '0' || scan->at - from == 1) &&
	       scan->at < scan->end &&
	       (*scan->at == ',' || *scan->at == '}' || *scan->at == ' ');
}

/* `"name" :`, then whatever follows. */
static bool name_of(struct scan *scan, struct span *ret)
{
	if (!text(scan, ret))
		return false;
	space(scan);
	if (!mark(scan, ':'))
		return false;
	space(scan);
	return true;
}

/* After a member: 1 if another one comes, 0 at the end of the object, -1 otherwise. */
static int more(struct scan *scan)
{
	space(scan);
	if (mark(scan, ',')) {
		space(scan);
		return 1;
	}
	return mark(scan, '}') ? 0 : -1;
}

static bool is_named(const struct bundle_line *line, const struct span names[],
	const struct span *name)
{
	for (size_t i = 0; i < line->n_attributes; i++)
		if (names[i].n == name->n && memcmp(names[i].at, name->at, name->n) == 0)
			return true;
	return false;
}

static bool attributes(struct scan *scan)
{
	struct bundle_line *line = scan->line;
	struct span names[OBSERVATION_ATTRIBUTES_MAX], value;
	int next;

	if (!mark(scan, '{'))
		return false;
	space(scan);
	if (mark(scan, '}'))
		return true;
	do {
		struct span *name = &names[line->n_attributes];

		if (line->n_attributes == OBSERVATION_ATTRIBUTES_MAX || !name_of(scan, name) ||
			is_named(line, names, name) || !text(scan, &value))
			return false;
		line->attributes[line->n_attributes++] =
			(struct attribute){name->at, value.at};
		next = more(scan);
	} while (next > 0);
	return next == 0;
}

static bool is(const struct span *name, const char *member)
{
	size_t n = strnlen(member, MEMBER_NAME_MAX);

	return name->n == n && memcmp(name->at, member, n) == 0;
}

/* Which member, BUNDLE_MEMBERS for "attributes", -1 for none. Most are told apart by their
 * first letter. */
static int find(const struct span *name)
{
	for (int i = 0; i < BUNDLE_MEMBERS; i++)
		if (name->n && *name->at == *bundle_member_names[i] &&
			is(name, bundle_member_names[i]))
			return i;
	return is(name, "attributes") ? BUNDLE_MEMBERS : -1;
}

static bool member(struct scan *scan, unsigned int *seen)
{
	struct bundle_line *line = scan->line;
	struct span name, value;
	int i;

	if (!name_of(scan, &name))
		return false;
	i = find(&name);
	if (i < 0 || *seen & 1u << i)
		return false;
	*seen |= 1u << i;
	if (i == BUNDLE_MEMBERS)
		return attributes(scan);
	if (i == BUNDLE_PORT || i == BUNDLE_TTL)
		return number(scan, i == BUNDLE_PORT ? &line->port : &line->ttl);
	if (!text(scan, &value))
		return false;
	line->text[i] = value.at;
	return true;
}

void bundle_line_init(struct bundle_line *line, struct attribute *attributes_room)
{
	/* All but the places of quotes, of which none counts yet. */
	memset(line, 0, offsetof(struct bundle_line, quotes));
	line->n_quotes = 0;
	line->attributes = attributes_room;
}

bool bundle_line_read(char *bytes, size_t n, struct bundle_line *line)
{
	struct scan scan = {bytes, bytes + n, line};
	unsigned int seen = 0;
	int next;

	if (!mark(&scan, '{'))
		return false;
	space(&scan);
	do {
		if (!member(&scan, &seen))
			return false;
		next = more(&scan);
	} while (next > 0);
	line->ascii = next == 0 && scan.at == scan.end;
	return line->ascii;
}

void bundle_line_close(struct bundle_line *line)
{
	for (size_t i = 0; i < line->n_quotes; i++)
		*line->quotes[i] = '\0';
}
