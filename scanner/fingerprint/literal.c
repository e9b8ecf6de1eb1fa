/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns are read by recursive descent, as little of them as is needed; see literal.h. */
#include "scanner/fingerprint/literal.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 32 /* of which LITERAL_SIZE_MAX are told */
#define DEPTH_MAX 50
#define CLASS_MAX 4 /* characters of a class that are told apart */
#define GOOD_SIZE 8 /* longer words filter no better */
#define REPEATS_MAX 4

struct word {
	uint8_t size, bytes[WORD_MAX];
};

/* What a part of a pattern matches: exactly these words; else something that has one of them in
 * it; without words, anything. */
struct part {
	bool exact;
	size_t n;
	struct word rows[LITERALS_MAX];
};

struct reader {
	const char *p;
	unsigned int depth;
	bool unknown; /* something that is not understood */
	bool caseless;
	bool raw; /* characters beyond ASCII are the bytes that they are written in */
};

/* ---- parts ------------------------------------------------------------------------------- */

static void anything(struct part *part)
{
	part->exact = false;
	part->n = 0;
}

static void nothing(struct part *part)
{
	part->exact = true;
	part->n = 1;
	part->rows[0].size = 0;
}

static size_t shortest(const struct part *part)
{
	size_t least = part->n ? WORD_MAX : 0;

	for (size_t i = 0; i < part->n; i++)
		if (part->rows[i].size < least)
			least = part->rows[i].size;
	return least;
}

static size_t longest(const struct part *part)
{
	size_t most = 0;

	for (size_t i = 0; i < part->n; i++)
		if (part->rows[i].size > most)
			most = part->rows[i].size;
	return most;
}

/* False if there is no room. */
static bool add(struct part *part, const struct word *word)
{
	for (size_t i = 0; i < part->n; i++)
		if (part->rows[i].size == word->size &&
			memcmp(part->rows[i].bytes, word->bytes, word->size) == 0)
			return true;
	if (part->n == LITERALS_MAX)
		return false;
	part->rows[part->n++] = *word;
	return true;
}

/* It is contained in what is matched, and more may be. */
static void loosen(struct part *part)
{
	part->exact = false;
	if (shortest(part) == 0)
		part->n = 0;
}

/* One behind the other, both exact. False if that is too much. */
static bool join(struct part *part, const struct part *more)
{
	struct part all = {.exact = true};

	if (part->n * more->n > LITERALS_MAX || longest(part) + longest(more) > WORD_MAX)
		return false;
	for (size_t i = 0; i < part->n; i++)
		for (size_t k = 0; k < more->n; k++) {
			struct word word = part->rows[i];

			memcpy(word.bytes + word.size, more->rows[k].bytes, more->rows[k].size);
			word.size = (uint8_t)(word.size + more->rows[k].size);
			add(&all, &word);
		}
	*part = all;
	return true;
}

/* The better one of two that are both required: with longer words, then with fewer. */
static void prefer(struct part *best, const struct part *other)
{
	size_t had = shortest(best), has = shortest(other);

	had = had < GOOD_SIZE ? had : GOOD_SIZE;
	has = has < GOOD_SIZE ? has : GOOD_SIZE;
	if (has > had || (has && has == had && other->n < best->n))
		*best = *other;
}

/* ---- characters -------------------------------------------------------------------------- */

static void one(struct part *part, uint8_t byte)
{
	part->exact = true;
	part->n = 1;
	part->rows[0].size = 1;
	part->rows[0].bytes[0] = (uint8_t)tolower(byte);
	if (byte >= 0x80) /* a byte of a character, or by itself: that depends on the subject */
		anything(part);
}

/* A character in UTF-8; repeated, it is its last byte or all of it that is, by the subject. */
static void wide(struct reader *reader, struct part *part)
{
	struct word *word = &part->rows[0];

	nothing(part);
	word->bytes[word->size++] = (uint8_t)reader->p[-1];
	while (((uint8_t)*reader->p & 0xc0) == 0x80 && word->size < 4)
		word->bytes[word->size++] = (uint8_t)*reader->p++;
	if (!reader->raw || (*reader->p && strchr("*+?{", *reader->p)))
		anything(part);
}

/* "\x41", "\x{41}": behind the "x". */
static int hexadecimal(struct reader *reader)
{
	bool braces = *reader->p == '{';
	const char *digits = reader->p + braces;
	size_t n = strspn(digits, "0123456789abcdefABCDEF");

	if (!braces && n > 2)
		n = 2;
	if (n == 0 || n > 6 || (braces && digits[n] != '}')) {
		reader->unknown = true;
		return 0;
	}
	reader->p = digits + n + braces;
	return (int)strtol(digits, NULL, 16);
}

/* A character that stands for itself: its code; -1: a set of characters; -2: between
 * characters. */
static int escaped(struct reader *reader, bool in_class)
{
	char c = *reader->p;

	if (!c) {
		reader->unknown = true;
		return 0;
	}
	reader->p++;
	switch (c) {
	case 't': return '\t';
	case 'n': return '\n';
	case 'r': return '\r';
	case 'f': return '\f';
	case 'x': return hexadecimal(reader);
	default: break;
	}
	if (strchr("dDwWsShHvV", c))
		return -1;
	if (!in_class && strchr("bBAzZ", c))
		return -2;
	reader->unknown |= isalnum((unsigned char)c) != 0;
	return (unsigned char)c;
}

/* One character of a class, or its escape. */
static int class_item(struct reader *reader)
{
	if (*reader->p != '\\')
		return (unsigned char)*reader->p++;
	reader->p++;
	return escaped(reader, true);
}

/* Behind "[": a few ASCII characters are told apart, of others there may be any. */
static void read_class(struct reader *reader, struct part *part)
{
	bool few = *reader->p != '^';

	reader->p += !few;
	part->exact = true;
	part->n = 0;
	for (bool first = true; *reader->p && (first || *reader->p != ']'); first = false) {
		int from, to;
		struct part character;

		if (reader->p[0] == '[' && strchr(":.=", reader->p[1])) {
			reader->unknown = true; /* "[[:alpha:]]" */
			return;
		}
		from = to = class_item(reader);
		if (reader->p[0] == '-' && reader->p[1] && reader->p[1] != ']') {
			reader->p++;
			to = class_item(reader);
		}
		if (reader->unknown)
			return;
		few &= from >= 0 && to >= from && to < 0x80 && to - from < CLASS_MAX;
		for (int c = from; few && c <= to; c++) {
			one(&character, (uint8_t)c);
			few = add(part, &character.rows[0]) && part->n <= CLASS_MAX;
		}
	}
	reader->unknown |= *reader->p != ']';
	reader->p += *reader->p == ']';
	if (!few)
		anything(part);
}

/* ---- from the inside to the outside ------------------------------------------------------ */

static void read_alternatives(struct reader *reader, struct part *part);

/* Behind "(": an option alone is nothing. */
static void read_group(struct reader *reader, struct part *part)
{
	bool off = false;

	if (reader->p[0] == '?') {
		for (reader->p++; *reader->p && strchr("ims-", *reader->p); reader->p++) {
			off |= *reader->p == '-';
			reader->caseless |= !off && *reader->p == 'i';
		}
		if (*reader->p == ')') {
			reader->p++;
			nothing(part);
			return;
		}
		reader->unknown |= *reader->p != ':';
		reader->p += *reader->p == ':';
	} else if (reader->p[0] == '*') {
		reader->unknown = true; /* a verb */
	}
	if (reader->unknown || ++reader->depth > DEPTH_MAX) {
		reader->unknown = true;
		return;
	}
	read_alternatives(reader, part);
	reader->depth--;
	reader->unknown |= *reader->p != ')';
	reader->p += *reader->p == ')';
}

static void read_atom(struct reader *reader, struct part *part)
{
	char c = *reader->p++;
	int code;

	switch (c) {
	case '(': read_group(reader, part); break;
	case '[': read_class(reader, part); break;
	case '.': anything(part); break;
	case '^':
	case '$': nothing(part); break;
	case '\\':
		code = escaped(reader, false);
		if (code == -2)
			nothing(part);
		else if (code < 0 || code >= 0x80)
			anything(part);
		else
			one(part, (uint8_t)code);
		break;
	case '*':
	case '+':
	case '?': reader->unknown = true; break; /* of nothing */
	default:
		if ((uint8_t)c < 0x80)
			one(part, (uint8_t)c);
		else
			wide(reader, part);
		break;
	}
}

/* "{2}", "{2,}", "{2,5}" at `p`: its size; else 0, and the brace stands for itself. */
static size_t braces(const char *p, unsigned long *ret_least, unsigned long *ret_most)
{
	char *end;

	if (!isdigit((unsigned char)p[1]))
		return 0;
	*ret_least = *ret_most = strtoul(p + 1, &end, 10);
	if (*end == ',') {
		*ret_most = ULONG_MAX;
		if (isdigit((unsigned char)*++end))
			*ret_most = strtoul(end, &end, 10);
	}
	return *end == '}' ? (size_t)(end + 1 - p) : 0;
}

static void repeat(struct part *part, unsigned long least, unsigned long most)
{
	const struct word empty = {.size = 0};
	const struct part once = *part;

	if (least == 1 && most == 1)
		return;
	if (least == 0 && most == 1 && part->exact && add(part, &empty))
		return;
	if (least == 0) {
		anything(part);
		return;
	}
	if (part->exact && least == most && least <= REPEATS_MAX) {
		unsigned long n = 1;

		while (n < least && join(part, &once))
			n++;
		if (n == least)
			return;
	}
	loosen(part);
}

/* What stands behind an atom. */
static void read_quantifier(struct reader *reader, struct part *part)
{
	unsigned long least = 1, most = 1;
	size_t size = 1;

	switch (*reader->p) {
	case '*': least = 0; most = ULONG_MAX; break;
	case '+': most = ULONG_MAX; break;
	case '?': least = 0; break;
	case '{': size = braces(reader->p, &least, &most); break;
	default: return;
	}
	reader->p += size;
	if (!size)
		return;
	repeat(part, least, most);
	if (*reader->p == '?' ||
		*reader->p == '+') /* lazy, possessive: it matches the same or less */
		reader->p++;
	reader->unknown |= *reader->p && strchr("*+?", *reader->p);
}

static void read_sequence(struct reader *reader, struct part *ret)
{
	struct part run, best, item;
	bool exact = true;

	nothing(&run);
	anything(&best);
	while (*reader->p && *reader->p != '|' && *reader->p != ')' && !reader->unknown) {
		read_atom(reader, &item);
		if (!reader->unknown)
			read_quantifier(reader, &item);
		if (reader->unknown)
			return;
		if (item.exact && join(&run, &item))
			continue;
		exact = false;
		prefer(&best, &run);
		if (item.exact) {
			run = item;
		} else {
			prefer(&best, &item);
			nothing(&run);
		}
	}
	if (!exact) {
		prefer(&best, &run);
		best.exact = false;
	}
	*ret = exact ? run : best;
}

static void read_alternatives(struct reader *reader, struct part *ret)
{
	struct part next;

	read_sequence(reader, ret);
	while (*reader->p == '|' && !reader->unknown) {
		reader->p++;
		read_sequence(reader, &next);
		if (reader->unknown)
			return;
		if (!ret->exact || !next.exact) {
			loosen(ret);
			loosen(&next);
		}
		if (!ret->exact && (ret->n == 0 || next.n == 0)) {
			anything(ret);
			continue;
		}
		for (size_t i = 0; i < next.n; i++)
			if (!add(ret, &next.rows[i])) {
				anything(ret);
				break;
			}
	}
}

void literals_of(const char *pattern, bool ignore_case, struct literals *ret)
{
	struct reader reader = {.p = pattern};
	struct part part;

	ret->n = 0;
	anything(&part);
	read_alternatives(&reader, &part);
	ret->caseless = ignore_case || reader.caseless;
	if (!ret->caseless && !reader.unknown) { /* now that is known */
		reader = (struct reader){.p = pattern, .raw = true};
		read_alternatives(&reader, &part);
	}
	if (reader.unknown || *reader.p || shortest(&part) < LITERAL_SIZE_MIN)
		return;
	for (size_t i = 0; i < part.n; i++) {
		struct literal *row = &ret->rows[ret->n++];

		row->size = part.rows[i].size < LITERAL_SIZE_MAX ? part.rows[i].size
								 : LITERAL_SIZE_MAX;
		memcpy(row->bytes, part.rows[i].bytes, row->size);
	}
}
