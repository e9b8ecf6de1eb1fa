/* SPDX-License-Identifier: Apache-2.0 */
/* The byte filter of a stream; see stream_filter.h. */
#include "common/xml/stream_filter.h"

#include <string.h>
#include <strings.h>

struct xml_filter xml_filter_of(const struct xml_stream_kind *kind, const char *name)
{
	return (struct xml_filter){.kind = kind, .name = name, .line = 1};
}

bool xml_filter_inside(const struct xml_filter *filter)
{
	return filter->state != XML_FILTER_TEXT;
}

static int refuse(const struct xml_filter *filter, struct error *reterr, const char *why)
{
	return error_set(reterr, ERROR_INPUT, "%s:%ld: the %s has %s", filter->name,
		filter->line, filter->kind->what, why);
}

static bool begins(const struct xml_filter *filter, const char *text)
{
	size_t n = strlen(text);

	return filter->size >= n && memcmp(filter->head, text, n) == 0;
}

/* What begins with "<" is known after one byte, or after those of the longest keyword. */
static int classify(struct xml_filter *filter, struct error *reterr)
{
	const char *head = filter->head;

	if (head[1] == '?')
		filter->state = XML_FILTER_INSTRUCTION;
	else if (head[1] != '!')
		filter->state = XML_FILTER_TAG;
	else if (begins(filter, "<!--"))
		filter->state = XML_FILTER_COMMENT;
	else if (begins(filter, "<![CDATA["))
		filter->state = XML_FILTER_CDATA;
	else if (begins(filter, "<!DOCTYPE") && filter->kind->doctype)
		filter->state = XML_FILTER_DOCTYPE;
	else if (filter->size >= strlen("<!DOCTYPE") ||
		 (strncmp("<!--", head, filter->size) != 0 &&
			 strncmp("<![CDATA[", head, filter->size) != 0 &&
			 strncmp("<!DOCTYPE", head, filter->size) != 0))
		return refuse(filter, reterr,
			"a declaration (<!DOCTYPE or a part of one) that is never accepted; "
			"remove it and write out the entities it defines");
	filter->quote = 0;
	filter->equals = 0;
	return 0;
}

/* The document type is the one of the kind, and has no internal subset. */
static int end_doctype(const struct xml_filter *filter, struct error *reterr)
{
	const char *name = filter->head + strlen("<!DOCTYPE");
	size_t n = strlen(filter->kind->doctype);

	name += strspn(name, " \t\r\n");
	if (strncmp(name, filter->kind->doctype, n) == 0 && strchr(" \t\r\n>", name[n]))
		return 0;
	return refuse(filter, reterr, "a document type declaration of another kind");
}

static int end_instruction(const struct xml_filter *filter, struct error *reterr)
{
	const char *name;

	if (!begins(filter, "<?xml") || !strchr(" \t\r\n", filter->head[5]))
		return 0;
	if (filter->size > XML_FILTER_HEAD)
		return refuse(filter, reterr, "an XML declaration that is too long");
	name = strstr(filter->head, "encoding");
	if (!name)
		return 0;
	name += strlen("encoding");
	name += strspn(name, " \t\r\n=");
	if (strncasecmp(name, "\"utf-8\"", 7) == 0 || strncasecmp(name, "'utf-8'", 7) == 0 ||
		strncasecmp(name, "\"us-ascii\"", 10) == 0)
		return 0;
	return refuse(
		filter, reterr, "another encoding than UTF-8; save it as UTF-8 and try again");
}

/* One byte of a tag or document type, quotes respected. 1: it ends here. */
static int tag_byte(struct xml_filter *filter, char c, struct error *reterr)
{
	if (filter->quote) {
		if (c == filter->quote)
			filter->quote = 0;
		return 0;
	}
	if (c == '"' || c == '\'')
		filter->quote = c;
	if (c == '=' && ++filter->equals > XML_STREAM_ATTRIBUTES_MAX)
		return refuse(filter, reterr, "a tag with too many attributes");
	if (c == '[' && filter->state == XML_FILTER_DOCTYPE)
		return refuse(filter, reterr,
			"a document type declaration with definitions of its own, which is "
			"never accepted; remove them");
	return c == '>';
}

static bool ends(const struct xml_filter *filter, const char *end3, char c)
{
	return c == end3[2] && filter->last[1] == end3[1] && filter->last[0] == end3[0];
}

/* One byte within markup. 1: it ends here. */
static int markup_byte(struct xml_filter *filter, char c, struct error *reterr)
{
	int r;

	if (filter->size < XML_FILTER_HEAD)
		filter->head[filter->size] = c;
	filter->size++;
	if (filter->size <= XML_FILTER_HEAD)
		filter->head[filter->size] = '\0';
	if (filter->size > (filter->state == XML_FILTER_DOCTYPE ? XML_FILTER_HEAD
								: filter->kind->markup_max))
		return refuse(
			filter, reterr, "one tag, comment or declaration that is too large");
	switch (filter->state) {
	case XML_FILTER_OPEN:
		r = classify(filter, reterr);
		return r == 0 && filter->state == XML_FILTER_TAG ? tag_byte(filter, c, reterr)
								 : r;
	case XML_FILTER_TAG:
		return tag_byte(filter, c, reterr);
	case XML_FILTER_DOCTYPE:
		r = tag_byte(filter, c, reterr);
		return r > 0 && end_doctype(filter, reterr) < 0 ? ERROR_INPUT : r;
	case XML_FILTER_COMMENT:
		return filter->size >= strlen("<!---->") && ends(filter, "-->", c);
	case XML_FILTER_CDATA:
		return ends(filter, "]]>", c);
	case XML_FILTER_INSTRUCTION:
		if (c != '>' || filter->last[1] != '?' || filter->size < 4)
			return 0;
		return end_instruction(filter, reterr) < 0 ? ERROR_INPUT : 1;
	case XML_FILTER_TEXT:
		break;
	}
	return 0;
}

int xml_filter_feed(
	struct xml_filter *filter, const char *bytes, size_t n, struct error *reterr)
{
	for (size_t i = 0; i < n; i++, filter->offset++) {
		char c = bytes[i];
		int r;

		if (c == '\0' || (filter->offset == 0 && (c == '\xff' || c == '\xfe')))
			return refuse(filter, reterr,
				"another encoding than UTF-8; save it as UTF-8 and try again");
		if (c == '\n')
			filter->line++;
		if (filter->state == XML_FILTER_TEXT) {
			if (c == '<') {
				filter->state = XML_FILTER_OPEN;
				filter->head[0] = '<';
				filter->head[1] = '\0';
				filter->size = 1;
			}
		} else {
			r = markup_byte(filter, c, reterr);
			if (r < 0)
				return r;
			if (r > 0)
				filter->state = XML_FILTER_TEXT;
		}
		filter->last[0] = filter->last[1];
		filter->last[1] = c;
	}
	return 0;
}
