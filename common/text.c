/* SPDX-License-Identifier: Apache-2.0 */
/* Cleaning of foreign text and the encoders for every exit; see text.h. */
#include "common/text.h"

#include <stdint.h>
#include <string.h>

/* Decodes one character. Returns its length in bytes, or 0 if it is not well-formed UTF-8
 * (RFC 3629 section 4: shortest form, no surrogates, at most U+10FFFF). */
static size_t decode(const uint8_t *p, size_t n, uint32_t *ret)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len;
	uint32_t c;

	if (p[0] < 0x80) {
		*ret = p[0];
		return 1;
	}
	len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || n < len)
		return 0;
	c = p[0] & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return len;
}

static bool is_unwanted(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x00ad || c == 0x061c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

/* How many printable ASCII characters there are at the beginning, as far as there is room for
 * them. */
static size_t printable(const struct str *out, const uint8_t *p, size_t n, size_t max)
{
	size_t len = 0;

	max = max < out->max - out->len ? max : out->max - out->len;
	while (len < n && len < max && p[len] >= ' ' && p[len] <= '~')
		len++;
	return len;
}

bool text_clean(struct str *out, const void *bytes, size_t n, size_t max_bytes)
{
	const uint8_t *p = bytes;
	size_t start = out->len;

	while (n) {
		struct str piece = STR_INIT(16);
		uint32_t c = 0;
		size_t len = printable(out, p, n, max_bytes - (out->len - start));
		bool fits;

		if (len) { /* nearly always, and then nearly all of it */
			str_add(out, p, len);
			if (out->failed)
				return false;
			p += len;
			n -= len;
			continue;
		}
		len = decode(p, n, &c);
		if (!len)
			str_addf(&piece, "\\x%02x", *p);
		else if (c == '\t' || c == '\n' || c == '\r')
			str_addc(&piece, ' ');
		else if (is_unwanted(c) && c < 0x100)
			str_addf(&piece, "\\x%02x", (unsigned int)c);
		else if (is_unwanted(c))
			str_addf(&piece, "\\u{%04x}", (unsigned int)c);
		else
			str_add(&piece, p, len);

		fits = out->len - start + piece.len <= max_bytes;
		if (fits)
			str_add(out, piece.data, piece.len);
		str_done(&piece);
		if (!fits || out->failed)
			return false;
		len = len ? len : 1;
		p += len;
		n -= len;
	}
	return true;
}

bool text_is_clean(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	while (n) {
		uint32_t c;
		size_t len = decode(p, n, &c);

		if (!len || is_unwanted(c))
			return false;
		p += len;
		n -= len;
	}
	return true;
}

/* What an encoder does with one character: writes its escape and returns true, or returns
 * false so that the character is copied. */
typedef bool (*escape_fn)(struct str *out, uint32_t c);

/* Characters that every encoder copies: printable ASCII but "'<>&\. One bit each: there may be
 * millions. */
static bool is_plain(uint8_t c)
{
	static const uint32_t plain[8] = {0, 0xafffff3b, 0xefffffff, 0x7fffffff};

	return plain[c >> 5] >> (c & 31) & 1;
}

/* Walks the text; what is malformed or unwanted is shown as in clean text (with the
 * backslash given), the rest is offered to `escape`. */
static void encode(struct str *out, const char *text, const char *backslash, escape_fn escape)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t n = strlen(text);

	while (n) {
		uint32_t c = 0;
		size_t len = 0;

		while (len < n && is_plain(p[len]))
			len++;
		if (len) {
			str_add(out, p, len);
			p += len;
			n -= len;
			continue;
		}
		len = decode(p, n, &c);
		if (!len) {
			str_addf(out, "%sx%02x", backslash, *p);
			len = 1;
		} else if (!escape(out, c)) {
			if (is_unwanted(c))
				str_addf(
					out, c < 0x100 ? "%sx%02x" : "%su{%04x}", backslash, c);
			else
				str_add(out, p, len);
		}
		p += len;
		n -= len;
	}
}

static bool escape_none(struct str *out, uint32_t c)
{
	(void)out;
	(void)c;
	return false;
}

static bool escape_xml(struct str *out, uint32_t c)
{
	static const struct {
		uint32_t c;
		const char *entity;
	} rows[] = {
		{'<', "&lt;"}, {'>', "&gt;"}, {'&', "&amp;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].c == c) {
			str_adds(out, rows[i].entity);
			return true;
		}
	return false;
}

static bool escape_json(struct str *out, uint32_t c)
{
	if (c == '"' || c == '\\')
		str_addf(out, "\\%c", (char)c);
	else if (c < 0x10000 && is_unwanted(c))
		str_addf(out, "\\u%04x", (unsigned int)c);
	else
		return false;
	return true;
}

static bool escape_script(struct str *out, uint32_t c)
{
	if (c == '<' || c == '>' || c == '&') {
		str_addf(out, "\\u%04x", (unsigned int)c);
		return true;
	}
	return escape_json(out, c);
}

static bool escape_csv(struct str *out, uint32_t c)
{
	if (c != '"')
		return false;
	str_adds(out, "\"\"");
	return true;
}

void text_encode_terminal(struct str *out, const char *text)
{
	encode(out, text, "\\", escape_none);
}

void text_encode_xml(struct str *out, const char *text)
{
	encode(out, text, "\\", escape_xml);
}

void text_encode_json(struct str *out, const char *text)
{
	encode(out, text, "\\\\", escape_json);
}

void text_encode_script(struct str *out, const char *text)
{
	encode(out, text, "\\\\", escape_script);
}

bool text_is_formula(const char *text)
{
	text += strspn(text, "'");
	return *text && strchr("=+-@\t\r", *text);
}

void text_encode_csv(struct str *out, const char *text)
{
	str_addc(out, '"');
	if (text_is_formula(text))
		str_addc(out, '\'');
	encode(out, text, "\\", escape_csv);
	str_addc(out, '"');
}

void text_add_character(struct str *out, uint32_t c)
{
	unsigned int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const uint8_t first[] = {0, 0xc0, 0xe0, 0xf0};

	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return;
	str_addc(out, (char)(first[more] | c >> 6 * more));
	while (more-- > 0)
		str_addc(out, (char)(0x80 | (c >> 6 * more & 0x3f)));
}
