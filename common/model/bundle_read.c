/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundle reading. A bundle comes from another process or another organisation, so every line
 * is length-limited, parsed by jansson, and every member is checked for type, form and size.
 */
#include "common/model/bundle.h"

#include "common/clock.h"
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
	struct digest *digest;
	uint8_t before_line[DIGEST_SIZE]; /* digest of everything before the line in `line` */
	struct str line;
	char buffer[READ_SIZE];
	size_t have, at;
	bool eof;
	json_t *json; /* the object the current observation borrows from */
	struct attribute attributes[OBSERVATION_ATTRIBUTES_MAX];
	struct str raw;
	struct bundle_counters counters;
};

static int invalid(struct bundle_reader *reader, struct error *reterr, const char *why)
{
	return error_set(reterr, ERROR_INPUT, "bundle \"%s\", line %llu: %s", reader->name,
		(unsigned long long)reader->line_no, why);
}

/* Reads one line into reader->line, without its newline. 1 at the end of the stream (also if
 * a last line has no newline: it was cut). */
static int read_line(struct bundle_reader *reader, struct error *reterr)
{
	str_reset(&reader->line);
	reader->line_no++;
	for (;;) {
		const char *from = reader->buffer + reader->at;
		size_t left = reader->have - reader->at;
		const char *newline = memchr(from, '\n', left);
		size_t n = newline ? (size_t)(newline - from) : left;
		ssize_t got;

		str_add(&reader->line, from, n);
		if (reader->line.failed)
			return invalid(reader, reterr, "line is too long");
		reader->at += n + (newline ? 1 : 0);
		if (newline)
			return 0;

		got = read(reader->fd, reader->buffer, sizeof(reader->buffer));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(reterr, ERROR_INPUT, errno, "cannot read bundle \"%s\"",
				reader->name);
		if (got == 0)
			return 1;
		reader->have = (size_t)got;
		reader->at = 0;
	}
}

static int parse_line(struct bundle_reader *reader, struct error *reterr)
{
	json_error_t error;
	char why[JSON_ERROR_TEXT_LENGTH + 32];

	json_decref(reader->json);
	reader->json = json_loadb(
		reader->line.data, reader->line.len, JSON_REJECT_DUPLICATES, &error);
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
	if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value)) {
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
		return invalid(reader, reterr, "bundle version is not 1; use the release that wrote it");
	if (!id || strlen(id) != BUNDLE_ID_SIZE - 1 || strspn(id, "0123456789abcdef") != 32)
		return invalid(reader, reterr, "\"id\" must be 32 hexadecimal digits");
	memcpy(header.id, id, BUNDLE_ID_SIZE);
	if (!copy_name(json, "realm", header.realm) || !copy_name(json, "vantage", header.vantage) ||
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
	_cleanup_(bundle_reader_freep) struct bundle_reader *reader = calloc(1, sizeof(*reader));
	int r;

	if (!reader)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a bundle");
	reader->fd = fd;
	str_init(&reader->line, BUNDLE_LINE_MAX);
	str_init(&reader->raw, OBSERVATION_RAW_MAX);
	reader->name = strdup(name);
	reader->digest = digest_new();
	if (!reader->name || !reader->digest)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a bundle");

	r = read_line(reader, reterr);
	if (r < 0)
		return r;
	if (r > 0)
		return invalid(reader, reterr, "it has no header line; the file is empty or cut short");
	r = parse_line(reader, reterr);
	if (r < 0)
		return r;
	r = parse_header(reader, ret_header, reterr);
	if (r < 0)
		return r;
	*ret_reader = STEAL(reader);
	return 0;
}

static bool parse_number(const json_t *json, const char *name, unsigned int max, unsigned int *ret)
{
	const json_t *value = json_object_get(json, name);

	if (!value)
		return true;
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
		json_integer_value(value) > max)
		return false;
	*ret = (unsigned int)json_integer_value(value);
	return true;
}

static bool is_attribute_name(const char *name)
{
	size_t n = strlen(name);

	return n && n <= ATTRIBUTE_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
}

static const char *parse_attributes(struct bundle_reader *reader, struct observation *obs)
{
	json_t *object = json_object_get(reader->json, "attributes"), *value;
	const char *name;

	if (!object)
		return NULL;
	if (!json_is_object(object) || json_object_size(object) > OBSERVATION_ATTRIBUTES_MAX)
		return "\"attributes\" must be an object of at most 64 strings";
	json_object_foreach(object, name, value) {
		const char *text = json_string_value(value);

		if (!is_attribute_name(name))
			return "an attribute name must be of a-z 0-9 . _ -";
		if (!text || json_string_length(value) > ATTRIBUTE_VALUE_MAX ||
			!text_is_clean(text, json_string_length(value)))
			return "an attribute value must be a plain string of at most 2048 bytes";
		reader->attributes[obs->n_attributes++] = (struct attribute){name, text};
	}
	obs->attributes = reader->attributes;
	return NULL;
}

static const char *parse_ends(const json_t *json, struct observation *obs)
{
	bool bad = false;
	const char *addr = member(json, "addr", &bad), *peer = member(json, "peer", &bad);
	const char *mac = member(json, "mac", &bad), *transport = member(json, "transport", &bad);
	unsigned int port = 0, ttl = 0;

	if (bad || (addr && addr_parse(addr, &obs->addr, NULL) < 0) ||
		(peer && addr_parse(peer, &obs->peer, NULL) < 0))
		return "\"addr\" and \"peer\" must be IP addresses";
	if (mac && mac_parse(mac, &obs->mac, NULL) < 0)
		return "\"mac\" must be a MAC address";
	if (transport && !transport_parse(transport, &obs->transport))
		return "\"transport\" must be tcp or udp";
	if (!parse_number(json, "port", 65535, &port) || !parse_number(json, "ttl", 255, &ttl))
		return "\"port\" or \"ttl\" is out of range";
	obs->port = (uint16_t)port;
	obs->ttl = (uint8_t)ttl;
	return NULL;
}

static const char *parse_observation(struct bundle_reader *reader, struct observation *obs)
{
	const json_t *json = reader->json;
	bool bad = false;
	const char *kind = member(json, "kind", &bad), *method = member(json, "method", &bad);
	const char *time = member(json, "time", &bad), *raw = member(json, "raw", &bad);
	const char *why;

	obs->protocol = member(json, "protocol", &bad);
	if (bad || !kind || !observation_kind_parse(kind, &obs->kind))
		return "\"kind\" is not one of the observation kinds";
	if (!method || !observation_method_parse(method, &obs->method))
		return "\"method\" is not one of the observation methods";
	if (!time || clock_parse(time, &obs->time_us, NULL) < 0)
		return "\"time\" must be an RFC 3339 time";
	if (obs->protocol && !is_attribute_name(obs->protocol))
		return "\"protocol\" must be a short name of a-z 0-9 . _ -";
	why = parse_ends(json, obs);
	if (why)
		return why;
	if (!obs->addr.family && obs->kind != OBSERVATION_COVERAGE)
		return "\"addr\" is missing";

	str_reset(&reader->raw);
	if (raw && !base64_decode(&reader->raw, raw))
		return "\"raw\" must be base64 of at most 4096 bytes";
	obs->raw = (const uint8_t *)reader->raw.data;
	obs->raw_size = reader->raw.len;
	return parse_attributes(reader, obs);
}

static int parse_trailer(struct bundle_reader *reader, struct error *reterr)
{
	const json_t *json = reader->json;
	json_t *counters = json_object_get(json, "counters"), *value;
	bool bad = false;
	const char *sha = member(json, "sha256", &bad), *name;
	char hex[DIGEST_HEX_SIZE];

	digest_hex(reader->before_line, hex);
	if (!sha || strcmp(sha, hex) != 0)
		return invalid(reader, reterr,
			"the SHA-256 of the trailer does not match; the bundle was altered");
	if (!json_is_integer(json_object_get(json, "observations")) ||
		(uint64_t)json_integer_value(json_object_get(json, "observations")) !=
			reader->n_observations)
		return invalid(reader, reterr, "the trailer counts another number of observations");
	json_object_foreach(counters, name, value) {
		if (json_is_integer(value) && is_attribute_name(name))
			bundle_counters_add(
				&reader->counters, name, (uint64_t)json_integer_value(value));
	}
	return BUNDLE_END;
}

int bundle_reader_next(
	struct bundle_reader *reader, struct observation *ret_obs, struct error *reterr)
{
	struct observation obs = {0};
	const char *why;
	int r;

	/* The line of the previous call counts into the digest only now, since the trailer's
	 * digest covers all bytes before the trailer. */
	digest_update(reader->digest, reader->line.data, reader->line.len);
	digest_update(reader->digest, "\n", 1);
	digest_value(reader->digest, reader->before_line);

	r = read_line(reader, reterr);
	if (r < 0)
		return r;
	if (r > 0)
		return BUNDLE_TRUNCATED;
	r = parse_line(reader, reterr);
	if (r < 0)
		return r;
	if (json_is_true(json_object_get(reader->json, "end")))
		return parse_trailer(reader, reterr);

	why = parse_observation(reader, &obs);
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
	str_done(&reader->line);
	str_done(&reader->raw);
	free(reader->name);
	free(reader);
}
