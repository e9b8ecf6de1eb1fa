/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of XML from strangers through the filter and libxml2's push parser; see stream.h. */
#include "common/xml/stream.h"

#include "common/arena.h"
#include "common/str.h"
#include "common/xml/internal.h"
#include "common/xml/stream_filter.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (64 * 1024)
#define ARENA_SLACK 65536 /* of one tag, beside its own bytes */
#define VALUE_GROWTH 8 /* a character reference is never shorter than what it stands for */

struct stream {
	const struct xml_stream_kind *kind;
	const struct xml_stream_handler *handler;
	const char *name;
	xmlParserCtxt *parser;
	struct xml_complaint complaint;
	struct arena *arena; /* of one start tag */
	struct xml_stream_attribute attributes[XML_STREAM_ATTRIBUTES_MAX];
	struct str text;
	unsigned int depth;
	bool rooted; /* the root element has begun */
	int result;  /* negative: the handler said so */
	struct error *reterr;
};

static void refuse(struct stream *stream, const char *why)
{
	xml_complain(&stream->complaint, xmlSAX2GetLineNumber(stream->parser), why);
	xmlStopParser(stream->parser);
}

/* A parser that expands no entities leaves an ampersand in a value as its reference. */
static const char *copy(struct stream *stream, const xmlChar *from, size_t n)
{
	static const char reference[] = "&#38;";
	char *text = arena_strndup(stream->arena, (const char *)from, n);
	size_t used = 0;

	if (!text) {
		refuse(stream, "one tag holds too much");
		return NULL;
	}
	for (const char *at = text; *at; used++) {
		text[used] = *at;
		at += strncmp(at, reference, strlen(reference)) == 0 ? strlen(reference) : 1;
	}
	text[used] = '\0';
	return text;
}

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix,
	const xmlChar *space, int n_spaces, const xmlChar **spaces, int n_attributes,
	int n_defaulted, const xmlChar **attributes)
{
	struct stream *stream = ((xmlParserCtxt *)data)->_private;
	struct xml_stream_element element = {.name = (const char *)name,
		.space = space ? (const char *)space : "",
		.attributes = stream->attributes,
		.line = xmlSAX2GetLineNumber(stream->parser)};

	(void)prefix, (void)n_spaces, (void)spaces, (void)n_defaulted;
	if (stream->result || stream->complaint.set)
		return;
	stream->rooted = true;
	element.depth = ++stream->depth;
	str_reset(&stream->text);
	arena_reset(stream->arena);
	if (stream->depth > stream->kind->depth_max ||
		n_attributes > XML_STREAM_ATTRIBUTES_MAX) {
		refuse(stream, stream->depth > stream->kind->depth_max
				? "elements are nested too deeply"
				: "a tag has too many attributes");
		return;
	}
	for (int i = 0; i < n_attributes; i++, attributes += 5) {
		const char *value =
			copy(stream, attributes[3], (size_t)(attributes[4] - attributes[3]));

		if (!value)
			return;
		stream->attributes[element.n_attributes++] = (struct xml_stream_attribute){
			(const char *)attributes[0],
			attributes[2] ? (const char *)attributes[2] : "", value};
	}
	stream->result =
		stream->handler->start(stream->handler->context, &element, stream->reterr);
	if (stream->result < 0)
		xmlStopParser(stream->parser);
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *space)
{
	struct stream *stream = ((xmlParserCtxt *)data)->_private;

	(void)prefix, (void)space;
	if (stream->result || stream->complaint.set)
		return;
	stream->result = stream->handler->end(stream->handler->context, (const char *)name,
		stream->depth--, stream->text.data, xmlSAX2GetLineNumber(stream->parser),
		stream->reterr);
	str_reset(&stream->text);
	if (stream->result < 0)
		xmlStopParser(stream->parser);
}

static void on_text(void *data, const xmlChar *text, int n)
{
	struct stream *stream = ((xmlParserCtxt *)data)->_private;

	str_add(&stream->text, text, (size_t)n);
	if (stream->text.failed)
		refuse(stream, "too much text between two tags");
}

static void on_doctype(
	void *data, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	struct stream *stream = ((xmlParserCtxt *)data)->_private;

	(void)id, (void)system; /* named, and never fetched */
	if (!stream->kind->doctype || strcmp((const char *)name, stream->kind->doctype) != 0)
		refuse(stream, "document type declarations are not accepted");
}

static void on_entity(void *data, const xmlChar *name, int type, const xmlChar *id,
	const xmlChar *system, xmlChar *content)
{
	(void)name, (void)type, (void)id, (void)system, (void)content;
	refuse(((xmlParserCtxt *)data)->_private, "entities are never accepted");
}

static void on_reference(void *data, const xmlChar *name)
{
	(void)name;
	refuse(((xmlParserCtxt *)data)->_private, "an entity that is not defined");
}

static void on_problem(void *data, xmlError *problem)
{
	struct stream *stream = ((xmlParserCtxt *)data)->_private;

	if (problem->level >= XML_ERR_ERROR)
		xml_complain(&stream->complaint, problem->line, problem->message);
}

static int set_up(struct stream *stream, struct error *reterr)
{
	xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.cdataBlock = on_text,
		.internalSubset = on_doctype,
		.entityDecl = on_entity,
		.reference = on_reference,
		.serror = on_problem};

	xml_setup_once();
	str_init(&stream->text, stream->kind->text_max);
	stream->arena = arena_new(stream->kind->markup_max * VALUE_GROWTH + ARENA_SLACK);
	stream->parser = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
	if (!stream->arena || !stream->parser)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory for the XML parser",
			stream->name);
	stream->parser->_private = stream;
	xmlCtxtUseOptions(stream->parser, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
	return 0;
}

static void tear_down(struct stream *stream)
{
	if (stream->parser)
		xmlFreeDoc(stream->parser->myDoc);
	xmlFreeParserCtxt(stream->parser);
	arena_free(stream->arena);
	str_done(&stream->text);
}

static int complain(struct stream *stream, struct error *reterr)
{
	return error_set(reterr, ERROR_INPUT,
		"%s:%ld: the %s is not well-formed XML: %s; correct the file at this line",
		stream->name, stream->complaint.line, stream->kind->what,
		stream->complaint.set ? stream->complaint.text : "no document");
}

static int end_of_stream(
	struct stream *stream, const struct xml_filter *filter, struct error *reterr)
{
	if (stream->rooted && (stream->depth > 0 || xml_filter_inside(filter)))
		return XML_STREAM_CUT;
	if (filter->offset > 0)
		xmlParseChunk(stream->parser, NULL, 0, 1);
	return stream->complaint.set || !stream->rooted ? complain(stream, reterr) : 0;
}

static int read_all(struct stream *stream, int fd, struct error *reterr)
{
	_cleanup_(cleanup_freep) char *chunk = malloc(CHUNK);
	struct xml_filter filter = xml_filter_of(stream->kind, stream->name);
	uint64_t total = 0;

	if (!chunk)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory", stream->name);
	for (;;) {
		ssize_t n = read(fd, chunk, CHUNK);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(
				reterr, ERROR_INPUT, errno, "cannot read \"%s\"", stream->name);
		if (n == 0)
			return end_of_stream(stream, &filter, reterr);
		total += (uint64_t)n;
		if (total > stream->kind->max_bytes)
			return error_set(reterr, ERROR_INPUT,
				"%s: the %s is larger than the %llu bytes that are accepted; split it",
				stream->name, stream->kind->what,
				(unsigned long long)stream->kind->max_bytes);
		r = xml_filter_feed(&filter, chunk, (size_t)n, reterr);
		if (r < 0)
			return r;
		xmlParseChunk(stream->parser, chunk, (int)n, 0);
		if (stream->result < 0)
			return stream->result;
		if (stream->complaint.set)
			return complain(stream, reterr);
	}
}

int xml_stream(const struct xml_stream_kind *kind, const char *name, int fd,
	const struct xml_stream_handler *handler, struct error *reterr)
{
	_cleanup_(tear_down) struct stream stream = {
		.kind = kind, .handler = handler, .name = name, .reterr = reterr};
	int r = set_up(&stream, reterr);

	return r < 0 ? r : read_all(&stream, fd, reterr);
}

const char *xml_stream_attribute(const struct xml_stream_element *element, const char *name)
{
	for (size_t i = 0; i < element->n_attributes; i++)
		if (!*element->attributes[i].space &&
			strcmp(element->attributes[i].name, name) == 0)
			return element->attributes[i].value;
	return NULL;
}
