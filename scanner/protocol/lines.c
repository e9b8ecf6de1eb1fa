/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers for protocols of text lines; see lines.h. */
#include "scanner/protocol/lines.h"

#include "common/packer.h"
#include "scanner/protocol/protocol.h"

#include <ctype.h>
#include <string.h>

#define LINE_MAX_SIZE 2048
#define REPLY_MAX_SIZE 8192

bool line_next(struct span *rest, bool partial, struct span *ret_line)
{
	const uint8_t *end = rest->size ? memchr(rest->bytes, '\n', rest->size) : NULL;
	size_t size = end ? (size_t)(end - rest->bytes) : rest->size;

	if (rest->size == 0 || (!end && !partial))
		return false;
	*ret_line = (struct span){rest->bytes, size};
	while (ret_line->size > 0 && ret_line->bytes[ret_line->size - 1] == '\r')
		ret_line->size--;
	size += end != NULL;
	rest->bytes += size;
	rest->size -= size;
	return true;
}

bool span_begins(struct span span, const char *text)
{
	for (size_t i = 0; text[i]; i++)
		if (i >= span.size || tolower(span.bytes[i]) != tolower((unsigned char)text[i]))
			return false;
	return true;
}

const uint8_t *span_find(struct span span, const char *text)
{
	for (; span.size > 0; span.bytes++, span.size--)
		if (span_begins(span, text))
			return span.bytes;
	return NULL;
}

struct span span_trim(struct span span)
{
	while (span.size > 0 && isspace(span.bytes[span.size - 1]))
		span.size--;
	while (span.size > 0 && isspace(span.bytes[0])) {
		span.bytes++;
		span.size--;
	}
	return span;
}

bool line_field(struct span line, const char *field, struct span *ret_value)
{
	size_t n = strlen(field);

	if (line.size <= n || line.bytes[n] != ':' || !span_begins(line, field))
		return false;
	*ret_value = span_trim((struct span){line.bytes + n + 1, line.size - n - 1});
	return true;
}

static bool is_reply_line(struct span line)
{
	return line.size >= 3 && isdigit(line.bytes[0]) && isdigit(line.bytes[1]) &&
		isdigit(line.bytes[2]) &&
		(line.size == 3 || line.bytes[3] == ' ' || line.bytes[3] == '-');
}

long reply_complete(const uint8_t *bytes, size_t size)
{
	struct span rest = {bytes, size}, line;
	const uint8_t *code = NULL;

	while (line_next(&rest, false, &line)) {
		bool reply = is_reply_line(line);

		if (!code) {
			if (!reply)
				return -1;
			code = line.bytes;
		}
		/* The last line bears the code of the first, followed by a space. */
		if (reply && memcmp(line.bytes, code, 3) == 0 &&
			(line.size == 3 || line.bytes[3] == ' '))
			return (long)(size - rest.size);
	}
	if (!code && size >= 4 && !is_reply_line((struct span){bytes, 4}))
		return -1;
	return size > REPLY_MAX_SIZE ? -1 : 0;
}

long reply_at(const uint8_t *bytes, size_t size, unsigned int n, struct span *ret_reply)
{
	long whole;

	for (unsigned int i = 0; (whole = reply_complete(bytes, size)) > 0 && i < n; i++) {
		bytes += whole;
		size -= (size_t)whole;
	}
	if (whole <= 0)
		return whole;
	*ret_reply = (struct span){bytes, (size_t)whole};
	return 1;
}

long line_step(const struct line_step *step, struct span reply, uint8_t *out, size_t max)
{
	size_t n;

	if (!span_begins(reply, step->begins) || (step->has && !span_find(reply, step->has)))
		return -1;
	if (!step->word)
		return PROTOCOL_SECURED;
	n = packer_copy(out, max, step->word, strlen(step->word));
	return n > 0 ? (long)n : -1;
}

long reply_secure(const struct line_step *steps, size_t n, unsigned int said, struct span heard,
	uint8_t *out, size_t max)
{
	struct span reply;
	long whole = said < n ? reply_at(heard.bytes, heard.size, said, &reply) : -1;

	return whole > 0 ? line_step(&steps[said], reply, out, max) : whole;
}

long line_complete(const uint8_t *bytes, size_t size)
{
	const uint8_t *end = size ? memchr(bytes, '\n', size) : NULL;

	if (end)
		return (long)(end - bytes) + 1;
	return size > LINE_MAX_SIZE ? -1 : 0;
}

size_t line_overheard(uint8_t *bytes, size_t size)
{
	const uint8_t *end = size ? memchr(bytes, '\n', size) : NULL;

	return end ? (size_t)(end - bytes) + 1 : size;
}

long line_farewell(const char *word, unsigned int said, long complete, uint8_t *out, size_t max)
{
	size_t n = strlen(word);

	if (said > 0 || complete < 0 || n > max)
		return -1;
	if (complete == 0)
		return 0;
	memcpy(out, word, n);
	return (long)n;
}
