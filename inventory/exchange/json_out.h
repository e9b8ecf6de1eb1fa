/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON going out (RFC 8259), flat: commas are set by the writer, every text goes through the
 * one encoder of common/text.h. `key` is NULL in an array; keys are ours and need no escapes.
 */
#ifndef INVENTORY_EXCHANGE_JSON_OUT_H
#define INVENTORY_EXCHANGE_JSON_OUT_H

#include "common/file_stream.h"

struct json_out {
	struct file_stream *stream;
	bool more; /* something stands before, so a comma is due */
};

void json_open(struct json_out *out, const char *key, char bracket);
void json_close(struct json_out *out, char bracket);
void json_text(struct json_out *out, const char *key, const char *value);
void json_given(struct json_out *out, const char *key, const char *value); /* unless "" */
void json_int(struct json_out *out, const char *key, int64_t value);
void json_bool(struct json_out *out, const char *key, bool value);
void json_time(struct json_out *out, const char *key, int64_t wall_us); /* unless 0 */
/* Ends a line; writes what has gathered. */
void json_line(struct json_out *out);

#endif
