/* SPDX-License-Identifier: Apache-2.0 */
/* Writing XML; see xml_write.h. */
#include "inventory/exchange/xml_write.h"

#include "common/clock.h"
#include "common/text.h"

#include <inttypes.h>
#include <string.h>

/* Bytes that stand for themselves in content and attributes. */
static bool is_plain(const char *text, size_t *ret_length)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p; p++)
		if (*p < 0x20 || *p >= 0x7f || *p == '<' || *p == '>' || *p == '&' ||
			*p == '"' || *p == '\'')
			return false;
	*ret_length = (size_t)(p - (const unsigned char *)text);
	return true;
}

void xml_encode(struct str *out, const char *text)
{
	size_t length;

	if (is_plain(text, &length))
		str_add(out, text, length);
	else
		text_encode_xml(out, text);
}

void xml_declare(struct xml_out *out)
{
	str_adds(&out->stream->buffer, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

static void close_tag(struct xml_out *out)
{
	if (out->in_tag)
		str_addc(&out->stream->buffer, '>');
	out->in_tag = false;
}

static void break_line(struct xml_out *out)
{
	static const char blanks[XML_WRITE_DEPTH + 2] = "\n                ";

	str_add(&out->stream->buffer, blanks, 1 + out->depth);
}

void xml_start(struct xml_out *out, const char *name)
{
	struct str *buffer = &out->stream->buffer;

	close_tag(out);
	if (out->depth == XML_WRITE_DEPTH) {
		file_stream_fail(out->stream, ERROR_INTERNAL, "elements are nested too deep");
		return;
	}
	if (out->depth)
		break_line(out);
	str_addc(buffer, '<');
	str_adds(buffer, name);
	out->open[out->depth++] = name;
	out->in_tag = true;
	out->has_text = false;
}

void xml_attr(struct xml_out *out, const char *name, const char *value)
{
	struct str *buffer = &out->stream->buffer;

	str_addc(buffer, ' ');
	str_adds(buffer, name);
	str_add(buffer, "=\"", 2);
	xml_encode(buffer, value);
	str_addc(buffer, '"');
}

void xml_attr_given(struct xml_out *out, const char *name, const char *value)
{
	if (*value)
		xml_attr(out, name, value);
}

void xml_attr_int(struct xml_out *out, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	xml_attr(out, name, text);
}

void xml_attr_time(struct xml_out *out, const char *name, int64_t wall_us)
{
	char text[CLOCK_TEXT_MAX];

	if (wall_us)
		xml_attr(out, name, clock_format(wall_us, text));
}

void xml_text(struct xml_out *out, const char *text)
{
	close_tag(out);
	xml_encode(&out->stream->buffer, text);
	out->has_text = true;
}

void xml_end(struct xml_out *out)
{
	struct str *buffer = &out->stream->buffer;
	const char *name;

	if (out->depth == 0 || out->stream->failed)
		return;
	name = out->open[--out->depth];
	if (out->in_tag) {
		str_add(buffer, "/>", 2);
	} else {
		if (!out->has_text)
			break_line(out);
		str_add(buffer, "</", 2);
		str_adds(buffer, name);
		str_addc(buffer, '>');
	}
	out->in_tag = out->has_text = false;
	if (out->depth == 0)
		str_addc(buffer, '\n');
	file_stream_spill(out->stream);
}
