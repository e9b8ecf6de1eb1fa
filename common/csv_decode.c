/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings of spreadsheets to UTF-8, by iconv(3); see csv.h. */
#include "common/csv.h"

#include "common/text.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#define PROBE 4096 /* bytes that are looked at for NULs */
#define CHUNK 65536
#define WHERE_MAX 512

/* What a user may write, and what iconv calls it. All of GBK and GB 2312 is in GB18030. */
static const struct {
	const char *name, *iconv;
} encodings[] = {{"utf-8", "UTF-8"}, {"gb18030", "GB18030"}, {"gbk", "GB18030"},
	{"gb2312", "GB18030"}, {"big5", "BIG5"}, {"utf-16", "UTF-16"}, {"utf-16le", "UTF-16LE"},
	{"utf-16be", "UTF-16BE"}};

static const char *iconv_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(encodings); i++)
		if (strcasecmp(encodings[i].name, name) == 0)
			return encodings[i].iconv;
	return NULL;
}

/* The byte order mark at the start, as the encoding it tells; NULL: none. */
static const char *marked(const unsigned char *bytes, size_t n, size_t *ret_size)
{
	*ret_size = 0;
	if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		return *ret_size = 3, "UTF-8";
	if (n >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0)
		return *ret_size = 2, "UTF-16LE";
	if (n >= 2 && memcmp(bytes, "\xfe\xff", 2) == 0)
		return *ret_size = 2, "UTF-16BE";
	return NULL;
}

/* UTF-16 by its NULs, which the other encodings never have; NULL: no NULs. */
static const char *by_nuls(const unsigned char *bytes, size_t n)
{
	size_t nuls[2] = {0};

	for (size_t i = 0; i < n && i < PROBE; i++)
		nuls[i & 1] += !bytes[i];
	if (nuls[0] == nuls[1])
		return NULL;
	return nuls[1] > nuls[0] ? "UTF-16LE" : "UTF-16BE";
}

static int bad_byte(const char *name, const struct str *out, size_t from, const char *encoding,
	bool cut, struct error *reterr)
{
	long line = 1;

	for (size_t i = from; i < out->len; i++)
		line += out->data[i] == '\n';
	return error_set(reterr, ERROR_INPUT, "%s:%ld: %s; say the encoding of the file with "
		"--encoding, or export it as UTF-8", name, line, cut ?
		"the file ends within a character" :
		strcmp(encoding, "UTF-8") == 0 ? "a byte is not UTF-8" :
		strcmp(encoding, "GB18030") == 0 ? "a byte is neither UTF-8 nor GB18030" :
		"a byte is not of the encoding");
}

/* Converts all of it, or takes back what it appended. */
static int convert(const char *name, const void *bytes, size_t n, const char *encoding,
	struct str *out, struct error *reterr)
{
	char *in = (char *)bytes, buffer[CHUNK];
	size_t from = out->len;
	iconv_t cd = iconv_open("UTF-8", encoding);
	int r = 0;

	if (cd == (iconv_t)-1)
		return error_errno(reterr, ERROR_SYSTEM, errno,
			"%s: the C library cannot convert %s: its gconv modules are missing; "
			"install them, or export the file as UTF-8", name, encoding);
	while (n > 0 && r == 0) {
		char *to = buffer;
		size_t room = sizeof(buffer), done = iconv(cd, &in, &n, &to, &room);
		int problem = done == (size_t)-1 ? errno : 0;

		str_add(out, buffer, sizeof(buffer) - room);
		if (out->failed)
			r = error_set(reterr, ERROR_INPUT,
				"%s: the file is larger than %zu bytes as UTF-8; split it",
				name, out->max);
		else if (problem && problem != E2BIG)
			r = bad_byte(name, out, from, encoding, problem == EINVAL, reterr);
	}
	iconv_close(cd);
	if (r < 0 && !out->failed) {
		out->len = from;
		out->data[from] = '\0';
	}
	return r;
}

int csv_decode(const char *name, const void *bytes, size_t n, const char *encoding,
	struct str *out, const char **ret_encoding, struct error *reterr)
{
	_cleanup_(str_done) struct str where = STR_INIT(WHERE_MAX);
	const char *told = encoding ? iconv_name(encoding) : NULL, *found;
	size_t mark;
	int r;

	text_clean(&where, name, strlen(name), WHERE_MAX);
	if (encoding && !told)
		return error_set(reterr, ERROR_USAGE, "encoding \"%.32s\" is not known here; "
			"write utf-8, gb18030, gbk, gb2312, big5, utf-16, utf-16le or utf-16be",
			encoding);
	found = marked(bytes, n, &mark);
	if (told && found && strncmp(told, found, strlen(told)) != 0)
		mark = 0; /* what is told counts: it is no mark then */
	else if (found)
		told = found;
	if (told && strcmp(told, "UTF-16") == 0)
		told = "UTF-16LE"; /* as spreadsheets write it, if there is no mark */
	bytes = (const char *)bytes + mark;
	n -= mark;
	if (!told)
		told = by_nuls(bytes, n);
	if (told) {
		r = convert(where.data, bytes, n, told, out, reterr);
	} else {
		told = "UTF-8";
		r = convert(where.data, bytes, n, told, out, NULL);
		if (r < 0 && !out->failed) {
			told = "GB18030";
			r = convert(where.data, bytes, n, told, out, reterr);
		}
	}
	if (r < 0 && out->failed)
		return error_set(reterr, ERROR_INPUT,
			"%s: the file is larger than %zu bytes as UTF-8; split it",
			where.data, out->max);
	if (r == 0 && ret_encoding)
		*ret_encoding = told;
	return r;
}

void csv_prepare(void)
{
	/* Left open: what was loaded stays. */
	for (size_t i = 0; i < ARRAY_SIZE(encodings); i++)
		(void)iconv_open("UTF-8", encodings[i].iconv);
}
