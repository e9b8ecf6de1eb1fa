/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One reply of a web server as it comes in, piece by piece: where it ends, and the few fields
 * of its header that decide what is asked next. It holds one line and nothing of the content,
 * so that a reply may be as large as it likes. What is in the reply is read elsewhere (http.c).
 *
 * References: RFC 9112, 6 (the length of a message) and 7.1 (chunks).
 */
#ifndef SCANNER_PROTOCOL_WEBREPLY_H
#define SCANNER_PROTOCOL_WEBREPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEBREPLY_LINE_MAX 512	/* what of a line stands behind is not looked at */
#define WEBREPLY_HEAD_MAX 16384 /* a longer header is no reply */
#define WEBREPLY_LOCATION_MAX 256

enum webreply_stage {
	WEBREPLY_STATUS,
	WEBREPLY_HEADER,
	WEBREPLY_CONTENT, /* of a length that was stated */
	WEBREPLY_CHUNK_SIZE,
	WEBREPLY_CHUNK,
	WEBREPLY_CHUNK_END,
	WEBREPLY_TRAILER,
	WEBREPLY_TO_THE_END, /* of the connection: nothing says how long it is */
	WEBREPLY_WHOLE,
	WEBREPLY_BROKEN,
};

struct webreply {
	enum webreply_stage stage;
	unsigned int status;
	uint64_t left;	 /* of the content or chunk; SIZE and more mean the same */
	size_t head;	 /* bytes of header and framing so far */
	bool persistent; /* the connection stays open behind it */
	bool sized, chunked, html, encoded;
	char location[WEBREPLY_LOCATION_MAX + 1]; /* empty: none, or too long a one */
	size_t line_size;
	char line[WEBREPLY_LINE_MAX];
};

void webreply_begin(struct webreply *reply);
/* Takes what belongs to the reply, once content begins at most one piece of it, and returns how
 * much; of that ret_content bytes at the end are content. Nothing is taken behind its end. */
size_t webreply_take(
	struct webreply *reply, const uint8_t *bytes, size_t size, size_t *ret_content);
/* The header is over, and the reply is not broken. */
bool webreply_is_read(const struct webreply *reply);

#endif
