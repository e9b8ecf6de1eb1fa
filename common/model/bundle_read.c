/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundle reading. A bundle comes from another process or another organisation, so every line
 * is length-limited, parsed, and every member is checked for type, form and size. Lines in the
 * plain form are taken apart by bundle_line.c, all others by jansson; what is checked after
 * that is the same code.
 */
#include "common/model/bundle.h"

#include "common/clock.h"
#include "common/model/bundle_line.h"
#include "common/model/digest.h"
#include "common/str.h"
#include "common/text.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#define READ_SIZE 65536

struct bundle_reader {
	int fd;
	char *name;
	uint64_t line_no, n_observations;
	struct digest *digest; /* of all lines before the one at hand */
	struct str pieces; /* a line that is not whole in the buffer */
	char *line; /* the line at hand, without its newline, in the buffer or in `pieces` */
	size_t size;
	char buffer[READ_SIZE];
	size_t have, at;
	json_t *json; /* the object the current observation borrows from, if jansson read it */
	char time[CLOCK_TEXT_MAX]; /* the time that was read last, and what it means */
	int64_t time_us;
	struct bundle_line parts; /* of the line at hand */
	struct attribute attributes[OBSERVATION_ATTRIBUTES_MAX];
	struct str raw;
	struct bundle_counters counters;
};

static int invalid(struct bundle_reader *reader, struct error *reterr, const char *why)
{
	return error_set(reterr, ERROR_INPUT, "bundle \"%s\", line %llu: %s", reader->name,
		(unsigned long long)reader->line_no, why);
}

/* Reads more into the buffer, of which everything was used. 1 at the end of the stream. */
static int fill(struct bundle_reader *reader, struct error *reterr)
{
	ssize_t got;

	do
		got = read(reader->fd, reader->buffer, sizeof(reader->buffer));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_errno(
			reterr, ERROR_INPUT, errno, "cannot read bundle \"%s\"", reader->name);
	reader->have = (size_t)got;
	reader->at = 0;
	return got == 0;
}

/* Finds the next line. 1 at the end of the stream (also if a last line has no newline: it was
 * cut). */
static int read_line(struct bundle_reader *reader, struct error *reterr)
{
	str_reset(&reader->pieces);
	reader->line_no++;
	for (;;) {
		char *from = reader->buffer + reader->at;
		size_t left = reader->have - reader->at;
		char *newline = memchr(from, '\n', left);
		size_t n = newline ? (size_t)(newline - from) : left;
		int r;

		reader->at += n + (newline ? 1 : 0);
		if (newline && reader->pieces.len == 0) {
			reader->line = from;
			reader->size = n;
			return 0;
		}
		str_add(&reader->pieces, from, n);
		if (reader->pieces.failed)
			return invalid(reader, reterr, "line is too long");
		if (newline) {
			reader->line = reader->pieces.data;
			reader->size = reader->pieces.len;
			return 0;
		}
		r = fill(reader, reterr);
		if (r)
			return r;
	}
}

/* The line at hand belongs to what the trailer's digest covers. */
static void count_line(struct bundle_reader *reader)
{
	digest_update(reader->digest, reader->line, reader->size);
	digest_update(reader->digest, "\n", 1);
}

static int parse_line(struct bundle_reader *reader, struct error *reterr)
{
	json_error_t error;
	char why[JSON_ERROR_TEXT_LENGTH + 32];

	json_decref(reader->json);
	reader->json = json_loadb(
		reader->line, reader->size, JSON_REJECT_DUPLICATES, &error);
	if (!reader->json || !json_is_object(reader->json)) {
		struct str clean = STR_INIT(sizeof(why));

		text_clean(&clean, error.text, strlen(error.text), sizeof(why) - 32);
		snprintf(why, sizeof(why), "not a JSON object: %s",
			reader->json ? "another value" : clean.data);
		str_done(&clean);
		return invalid(reader, reterr, why);
	}
	return 0;
}

/* The string member, or NULL if absent; *bad is set if it is there but no string. */
static const char *member(const json_t *object, const char *name, bool *bad)
{
	const json_t *value = json_object_get(object, name);

	if (!value)
		return NULL;
	if (!json_is_string(value) ||
		strlen(json_string_value(value)) != json_string_length(value)) {
		*bad = true;
		return NULL;
	}
	return json_string_value(value);
}

static bool copy_name(const json_t *object, const char *name, char out[BUNDLE_NAME_MAX])
{
	bool bad = false;
	const char *value = member(object, name, &bad);

	if (!value || strlen(value) >= BUNDLE_NAME_MAX || !text_is_clean(value, strlen(value)))
		return false;
	memcpy(out, value, strlen(value) + 1);
	return true;
}

static int parse_header(
	struct bundle_reader *reader, struct bundle_header *ret_header, struct error *reterr)
{
	struct bundle_header header = {0};
	const json_t *json = reader->json;
	bool bad = false;
	const char *type = member(json, "cadastre", &bad);
	const char *id = member(json, "id", &bad);
	const char *started = member(json, "started", &bad);

	if (bad || !type || strcmp(type, "bundle") != 0)
		return invalid(reader, reterr, "this is not a cadastre bundle");
	if (json_integer_value(json_object_get(json, "version")) != 1)
		return invalid(reader, reterr,
			"bundle version is not 1; use the release that wrote it");
	if (!id || strlen(id) != BUNDLE_ID_SIZE - 1 || strspn(id, "0123456789abcdef") != 32)
		return invalid(reader, reterr, "\"id\" must be 32 hexadecimal digits");
	memcpy(header.id, id, BUNDLE_ID_SIZE);
	if (!copy_name(json, "realm", header.realm) ||
		!copy_name(json, "vantage", header.vantage) ||
		!copy_name(json, "tool", header.tool))
		return invalid(reader, reterr,
			"\"realm\", \"vantage\" and \"tool\" must be short plain strings");
	if (!started || clock_parse(started, &header.started_us, NULL) < 0)
		return invalid(reader, reterr, "\"started\" must be an RFC 3339 time");
	*ret_header = header;
	return 0;
}

int bundle_reader_new(int fd, const char *name, struct bundle_reader **ret_reader,
	struct bundle_header *ret_header, struct error *reterr)
{
	_cleanup_(bundle_reader_freep) struct bundle_reader *reader =
		calloc(1, sizeof(*reader));
	int r;

	if (!reader)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a bundle");
	reader->fd = fd;
	str_init(&reader->pieces, BUNDLE_LINE_MAX);
	str_init(&reader->raw, OBSERVATION_RAW_MAX);
	reader->name = strdup(name);
	reader->digest = digest_new();
	if (!reader->name || !reader->digest)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a bundle");

	r = read_line(reader, reterr);
	if (r < 0)
		return r;
	if (r > 0)
		return invalid(reader, reterr,
			"it has no header line; the file is empty or cut short");
	r = parse_line(reader, reterr);
	if (r < 0)
		return r;
	r = parse_header(reader, ret_header, reterr);
	if (r < 0)
		return r;
	count_line(reader);
	*ret_reader = STEAL(reader);
	return 0;
}

/* The bytes of attribute names. */
static const bool is_name_byte[UINT8_MAX + 1] = {
	['a' ... 'z'] = true, ['0' ... '9'] = true, ['.'] = true, ['_'] = true, ['-'] = true};

static bool is_attribute_name(const char *name)
{
	size_t n = 0;

	while (is_name_byte[(uint8_t)name[n]])
		n++;
	return n && n <= ATTRIBUTE_NAME_MAX && !name[n];
}

/* ---- taking a line apart by jansson ------------------------------------------------------ */

static bool take_number(const json_t *json, const char *name, unsigned int *ret)
{
	const json_t *value = json_object_get(json, name);

	if (!value)
		return true;
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
		json_integer_value(value) > INT32_MAX)
		return false;
	*ret = (unsigned int)json_integer_value(value);
	return true;
}

static void take_attributes(const json_t *json, struct bundle_line *line)
{
	json_t *object = json_object_get(json, "attributes"), *value;
	const char *name;

	if (!object)
		return;
	if (!json_is_object(object) || json_object_size(object) > OBSERVATION_ATTRIBUTES_MAX) {
		line->bad_attributes = "\"attributes\" must be an object of at most 64 strings";
		return;
	}
	/* A value that is no string is NULL here. jansson takes no text with a NUL in it. */
	json_object_foreach(object, name, value)
		line->attributes[line->n_attributes++] =
			(struct attribute){name, json_string_value(value)};
}

static void take_apart(const json_t *json, struct bundle_line *line)
{
	for (int i = 0; i < BUNDLE_TEXTS; i++)
		line->text[i] = member(json, bundle_member_names[i], &line->bad[i]);
	line->bad[BUNDLE_PORT] = !take_number(json, "port", &line->port);
	line->bad[BUNDLE_TTL] = !take_number(json, "ttl", &line->ttl);
	take_attributes(json, line);
}

/* ---- checking ---------------------------------------------------------------------------- */

static const char *check_attributes(const struct bundle_line *line, struct observation *obs)
{
	if (line->bad_attributes)
		return line->bad_attributes;
	for (size_t i = 0; i < line->n_attributes; i++) {
		const struct attribute *a = &line->attributes[i];
		size_t n = a->value ? strlen(a->value) : 0;

		if (!is_attribute_name(a->name))
			return "an attribute name must be of a-z 0-9 . _ -";
		if (!a->value || n > ATTRIBUTE_VALUE_MAX ||
			(!line->ascii && !text_is_clean(a->value, n)))
			return "an attribute value must be a plain string of at most 2048 "
			       "bytes";
	}
	obs->attributes = line->attributes;
	obs->n_attributes = line->n_attributes;
	return NULL;
}

static const char *check_ends(const struct bundle_line *line, struct observation *obs)
{
	const char *addr = line->text[BUNDLE_ADDR], *peer = line->text[BUNDLE_PEER];
	const char *mac = line->text[BUNDLE_MAC], *transport = line->text[BUNDLE_TRANSPORT];

	if (line->bad[BUNDLE_ADDR] || line->bad[BUNDLE_PEER] || line->bad[BUNDLE_MAC] ||
		line->bad[BUNDLE_TRANSPORT] ||
		(addr && addr_parse(addr, &obs->addr, NULL) < 0) ||
		(peer && addr_parse(peer, &obs->peer, NULL) < 0))
		return "\"addr\" and \"peer\" must be IP addresses";
	if (mac && mac_parse(mac, &obs->mac, NULL) < 0)
		return "\"mac\" must be a MAC address";
	if (transport && !transport_parse(transport, &obs->transport))
		return "\"transport\" must be tcp, udp or sctp";
	if (line->bad[BUNDLE_PORT] || line->bad[BUNDLE_TTL] || line->port > 65535 ||
		line->ttl > 255)
		return "\"port\" or \"ttl\" is out of range";
	obs->port = (uint16_t)line->port;
	obs->ttl = (uint8_t)line->ttl;
	return NULL;
}

/* Observations that follow one another were often made in the same second. */
static bool check_time(struct bundle_reader *reader, const char *time, int64_t *ret_us)
{
	size_t n = strlen(time);

	if (n && n < sizeof(reader->time) && strcmp(time, reader->time) == 0) {
		*ret_us = reader->time_us;
		return true;
	}
	if (clock_parse(time, ret_us, NULL) < 0)
		return false;
	if (n < sizeof(reader->time)) {
		memcpy(reader->time, time, n + 1);
		reader->time_us = *ret_us;
	}
	return true;
}

static const char *check_observation(
	struct bundle_reader *reader, const struct bundle_line *line, struct observation *obs)
{
	const char *kind = line->text[BUNDLE_KIND], *method = line->text[BUNDLE_METHOD];
	const char *time = line->text[BUNDLE_TIME], *raw = line->text[BUNDLE_RAW];
	const char *why;

	obs->protocol = line->text[BUNDLE_PROTOCOL];
	if (line->bad[BUNDLE_KIND] || line->bad[BUNDLE_METHOD] || line->bad[BUNDLE_TIME] ||
		line->bad[BUNDLE_RAW] || line->bad[BUNDLE_PROTOCOL] || !kind ||
		!observation_kind_parse(kind, &obs->kind))
		return "\"kind\" is not one of the observation kinds";
	if (!method || !observation_method_parse(method, &obs->method))
		return "\"method\" is not one of the observation methods";
	if (!time || !check_time(reader, time, &obs->time_us))
		return "\"time\" must be an RFC 3339 time";
	if (obs->protocol && !is_attribute_name(obs->protocol))
		return "\"protocol\" must be a short name of a-z 0-9 . _ -";
	why = check_ends(line, obs);
	if (why)
		return why;
	if (!observation_has_subject(obs))
		return "\"addr\" is missing";

	str_reset(&reader->raw);
	if (raw && !base64_decode(&reader->raw, raw))
		return "\"raw\" must be base64 of at most 4096 bytes";
	obs->raw = (const uint8_t *)reader->raw.data;
	obs->raw_size = reader->raw.len;
	return check_attributes(line, obs);
}

static int parse_trailer(struct bundle_reader *reader, struct error *reterr)
{
	const json_t *json = reader->json;
	json_t *counters = json_object_get(json, "counters"), *value;
	bool bad = false;
	const char *sha = member(json, "sha256", &bad), *name;
	uint8_t before[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];

	digest_value(reader->digest, before);
	digest_hex(before, hex);
	if (!sha || strcmp(sha, hex) != 0)
		return invalid(reader, reterr,
			"the SHA-256 of the trailer does not match; the bundle was altered");
	if (!json_is_integer(json_object_get(json, "observations")) ||
		(uint64_t)json_integer_value(json_object_get(json, "observations")) !=
			reader->n_observations)
		return invalid(
			reader, reterr, "the trailer counts another number of observations");
	json_object_foreach(counters, name, value) {
		if (json_is_integer(value) && is_attribute_name(name))
			bundle_counters_add(
				&reader->counters, name, (uint64_t)json_integer_value(value));
	}
	return BUNDLE_END;
}

/* Takes the line at hand apart. BUNDLE_END after the trailer. */
static int take_line(
	struct bundle_reader *reader, struct bundle_line *line, struct error *reterr)
{
	int r;

	if (bundle_line_read(reader->line, reader->size, line)) {
		count_line(reader);
		bundle_line_close(line);
		return 0;
	}
	r = parse_line(reader, reterr);
	if (r < 0)
		return r;
	if (json_is_true(json_object_get(reader->json, "end")))
		return parse_trailer(reader, reterr);
	count_line(reader);
	bundle_line_init(line, reader->attributes);
	take_apart(reader->json, line);
	return 0;
}

int bundle_reader_next(
	struct bundle_reader *reader, struct observation *ret_obs, struct error *reterr)
{
	struct bundle_line *line = &reader->parts;
	struct observation obs = {0};
	const char *why;
	int r = read_line(reader, reterr);

	if (r < 0)
		return r;
	if (r > 0)
		return BUNDLE_TRUNCATED;
	bundle_line_init(line, reader->attributes);
	r = take_line(reader, line, reterr);
	if (r)
		return r;
	why = check_observation(reader, line, &obs);
	if (why)
		return invalid(reader, reterr, why);
	reader->n_observations++;
	*ret_obs = obs;
	return 0;
}

const struct bundle_counters *bundle_reader_counters(const struct bundle_reader *reader)
{
	return &reader->counters;
}

void bundle_reader_free(struct bundle_reader *reader)
{
	if (!reader)
		return;
	json_decref(reader->json);
	digest_free(reader->digest);
	str_done(&reader->pieces);
	str_done(&reader->raw);
	free(reader->name);
	free(reader);
}
