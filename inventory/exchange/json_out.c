/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON; see json_out.h. */
#include "inventory/exchange/json_out.h"

#include "common/clock.h"
#include "common/text.h"

#include <inttypes.h>

static void begin(struct json_out *out, const char *key)
{
	struct str *buffer = &out->stream->buffer;

	if (out->more)
		str_addc(buffer, ',');
	out->more = true;
	if (!key)
		return;
	str_addc(buffer, '"');
	str_adds(buffer, key);
	str_add(buffer, "\":", 2);
}

void json_open(struct json_out *out, const char *key, char bracket)
{
	begin(out, key);
	str_addc(&out->stream->buffer, bracket);
	out->more = false;
}

void json_close(struct json_out *out, char bracket)
{
	str_addc(&out->stream->buffer, bracket);
	out->more = true;
}

void json_text(struct json_out *out, const char *key, const char *value)
{
	begin(out, key);
	str_addc(&out->stream->buffer, '"');
	text_encode_json(&out->stream->buffer, value);
	str_addc(&out->stream->buffer, '"');
}

void json_given(struct json_out *out, const char *key, const char *value)
{
	if (*value)
		json_text(out, key, value);
}

void json_int(struct json_out *out, const char *key, int64_t value)
{
	begin(out, key);
	str_addf(&out->stream->buffer, "%" PRId64, value);
}

void json_bool(struct json_out *out, const char *key, bool value)
{
	begin(out, key);
	str_adds(&out->stream->buffer, value ? "true" : "false");
}

void json_time(struct json_out *out, const char *key, int64_t wall_us)
{
	char text[CLOCK_TEXT_MAX];

	if (wall_us)
		json_text(out, key, clock_format(wall_us, text));
}

void json_line(struct json_out *out)
{
	str_addc(&out->stream->buffer, '\n');
	file_stream_spill(out->stream);
}
