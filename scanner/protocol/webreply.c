/* SPDX-License-Identifier: Apache-2.0 */
/* Where replies of web servers end; see webreply.h. */
#include "scanner/protocol/webreply.h"

#include "scanner/protocol/lines.h"

#include <ctype.h>
#include <string.h>

enum { STATUS_SIZE = 12, DIGITS_MAX = 15 };

void webreply_begin(struct webreply *reply)
{
	*reply = (struct webreply){.stage = WEBREPLY_STATUS};
}

bool webreply_is_read(const struct webreply *reply)
{
	return reply->stage > WEBREPLY_HEADER && reply->stage != WEBREPLY_BROKEN;
}

/* A whole number of this base, and nothing else. */
static bool number(struct span text, unsigned int base, uint64_t *ret)
{
	uint64_t value = 0;

	if (text.size == 0 || text.size > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		int c = tolower(text.bytes[i]);
		unsigned int digit = isdigit(c)		    ? (unsigned int)(c - '0')
				     : c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10
							    : base;

		if (digit >= base)
			return false;
		value = value * base + digit;
	}
	*ret = value;
	return true;
}

static void read_status(struct webreply *reply, struct span line)
{
	if (line.size < STATUS_SIZE || !span_begins(line, "HTTP/1.") || line.bytes[8] != ' ' ||
		!isdigit(line.bytes[9]) || !isdigit(line.bytes[10]) ||
		!isdigit(line.bytes[11])) {
		reply->stage = WEBREPLY_BROKEN;
		return;
	}
	reply->status = (unsigned int)(line.bytes[9] - '0') * 100 +
			(unsigned int)(line.bytes[10] - '0') * 10 +
			(unsigned int)(line.bytes[11] - '0');
	reply->persistent = line.bytes[7] != '0';
	reply->stage = WEBREPLY_HEADER;
}

/* A length that cannot be read, or a second one, makes the reply one whose end nobody knows. */
static void read_length(struct webreply *reply, struct span value)
{
	uint64_t length;

	if (!number(value, 10, &length) || (reply->sized && length != reply->left))
		reply->stage = WEBREPLY_BROKEN;
	else
		reply->left = length;
	reply->sized = true;
}

static void read_location(struct webreply *reply, struct span value)
{
	reply->location[0] = '\0';
	if (value.size > WEBREPLY_LOCATION_MAX || memchr(value.bytes, '\0', value.size))
		return;
	memcpy(reply->location, value.bytes, value.size);
	reply->location[value.size] = '\0';
}

static void read_field(struct webreply *reply, struct span line)
{
	struct span value;

	if (line_field(line, "content-length", &value))
		read_length(reply, value);
	else if (line_field(line, "transfer-encoding", &value))
		reply->chunked =
			span_begins(value, "chunked") && value.size == strlen("chunked");
	else if (line_field(line, "connection", &value) && span_find(value, "close"))
		reply->persistent = false;
	else if (line_field(line, "connection", &value) && span_find(value, "keep-alive"))
		reply->persistent = true;
	else if (line_field(line, "content-type", &value))
		reply->html = span_begins(value, "text/html") ||
			      span_begins(value, "application/xhtml");
	else if (line_field(line, "content-encoding", &value))
		reply->encoded = !span_begins(value, "identity");
	else if (line_field(line, "location", &value))
		read_location(reply, value);
}

/* The header is over: what follows it. */
static void end_header(struct webreply *reply)
{
	/* nothing of ours asks for another protocol, or to be waited for */
	if (reply->status < 200)
		reply->stage = WEBREPLY_BROKEN;
	else if (reply->status == 204 || reply->status == 304)
		reply->stage = WEBREPLY_WHOLE;
	else if (reply->chunked)
		reply->stage = WEBREPLY_CHUNK_SIZE;
	else if (!reply->sized)
		reply->stage = WEBREPLY_TO_THE_END;
	else
		reply->stage = reply->left ? WEBREPLY_CONTENT : WEBREPLY_WHOLE;
	if (reply->stage == WEBREPLY_TO_THE_END)
		reply->persistent = false;
}

static void read_chunk_size(struct webreply *reply, struct span line)
{
	const uint8_t *extension = memchr(line.bytes, ';', line.size);

	if (extension)
		line.size = (size_t)(extension - line.bytes);
	if (!number(span_trim(line), 16, &reply->left))
		reply->stage = WEBREPLY_BROKEN;
	else
		reply->stage = reply->left ? WEBREPLY_CHUNK : WEBREPLY_TRAILER;
}

static void read_line(struct webreply *reply)
{
	struct span line = {(const uint8_t *)reply->line, reply->line_size};

	reply->line_size = 0;
	while (line.size > 0 && line.bytes[line.size - 1] == '\r')
		line.size--;
	switch (reply->stage) {
	case WEBREPLY_STATUS:
		read_status(reply, line);
		break;
	case WEBREPLY_HEADER:
		if (line.size == 0)
			end_header(reply);
		else
			read_field(reply, line);
		break;
	case WEBREPLY_CHUNK_SIZE:
		read_chunk_size(reply, line);
		break;
	case WEBREPLY_CHUNK_END:
		reply->stage = line.size == 0 ? WEBREPLY_CHUNK_SIZE : WEBREPLY_BROKEN;
		break;
	default: /* of the trailer nothing is read */
		if (line.size == 0)
			reply->stage = WEBREPLY_WHOLE;
	}
}

static bool is_content(enum webreply_stage stage)
{
	return stage == WEBREPLY_CONTENT || stage == WEBREPLY_CHUNK ||
	       stage == WEBREPLY_TO_THE_END;
}

static bool is_over(enum webreply_stage stage)
{
	return stage == WEBREPLY_WHOLE || stage == WEBREPLY_BROKEN;
}

/* The rest of what a length was stated for, as much as is there. */
static size_t take_content(struct webreply *reply, size_t size)
{
	if (reply->stage == WEBREPLY_TO_THE_END)
		return size;
	if (size > reply->left)
		size = (size_t)reply->left;
	reply->left -= size;
	if (reply->left == 0)
		reply->stage =
			reply->stage == WEBREPLY_CHUNK ? WEBREPLY_CHUNK_END : WEBREPLY_WHOLE;
	return size;
}

size_t webreply_take(
	struct webreply *reply, const uint8_t *bytes, size_t size, size_t *ret_content)
{
	size_t n = 0;

	*ret_content = 0;
	while (n < size && !is_over(reply->stage) && !is_content(reply->stage)) {
		if (++reply->head > WEBREPLY_HEAD_MAX)
			reply->stage = WEBREPLY_BROKEN;
		else if (bytes[n] == '\n')
			read_line(reply);
		else if (reply->line_size < WEBREPLY_LINE_MAX)
			reply->line[reply->line_size++] = (char)bytes[n];
		n++;
	}
	if (n < size && is_content(reply->stage))
		*ret_content = take_content(reply, size - n);
	return n + *ret_content;
}
