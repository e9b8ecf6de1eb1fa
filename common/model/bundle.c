/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundle writing: observations to lines of JSON, with a running SHA-256 for the trailer.
 * Reading is in bundle_read.c; the format is described in bundle.h.
 */
#include "common/model/bundle.h"

#include "common/clock.h"
#include "common/file.h"
#include "common/model/digest.h"
#include "common/str.h"
#include "common/text.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define FLUSH_AT (256 * 1024)

struct bundle_writer {
	int fd;
	uint64_t n_observations;
	struct digest *digest;
	struct str out;
	size_t digested; /* bytes of it */
};

void bundle_counters_add(struct bundle_counters *counters, const char *name, uint64_t value)
{
	struct bundle_counter *row;

	for (size_t i = 0; i < counters->n; i++)
		if (strcmp(counters->rows[i].name, name) == 0) {
			counters->rows[i].value += value;
			return;
		}
	if (counters->n == BUNDLE_COUNTERS_MAX)
		return;
	row = &counters->rows[counters->n++];
	snprintf(row->name, sizeof(row->name), "%s", name);
	row->value = value;
}

uint64_t bundle_counters_get(const struct bundle_counters *counters, const char *name)
{
	for (size_t i = 0; i < counters->n; i++)
		if (strcmp(counters->rows[i].name, name) == 0)
			return counters->rows[i].value;
	return 0;
}

int bundle_id_random(char ret_id[BUNDLE_ID_SIZE], struct error *reterr)
{
	unsigned char bytes[16];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot get random bytes");
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(ret_id + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

static void add_string(struct str *out, const char *name, const char *value)
{
	str_addc(out, '"');
	str_adds(out, name);
	str_adds(out, "\":\"");
	text_encode_json(out, value);
	str_addc(out, '"');
}

/* What needs no encoding; without the printf family, for there may be millions. */
static void add_plain(struct str *out, const char *before, const char *value)
{
	str_adds(out, before);
	str_adds(out, value);
	str_addc(out, '"');
}

static void add_number(struct str *out, const char *before, unsigned int value)
{
	char text[16], *p = text + sizeof(text);

	do {
		*--p = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	str_adds(out, before);
	str_add(out, p, (size_t)(text + sizeof(text) - p));
}

static int end_line(struct bundle_writer *writer, struct error *reterr)
{
	str_addc(&writer->out, '\n');
	return writer->out.failed
		       ? error_set(reterr, ERROR_SYSTEM, "no memory for a bundle line")
		       : 0;
}

/* Of what is in `out`, the part that is not yet in the digest. */
static void digest_rest(struct bundle_writer *writer)
{
	digest_update(writer->digest, writer->out.data + writer->digested,
		writer->out.len - writer->digested);
	writer->digested = writer->out.len;
}

static int put_header(
	struct bundle_writer *writer, const struct bundle_header *header, struct error *reterr)
{
	struct str *out = &writer->out;
	char time[CLOCK_TEXT_MAX];

	str_adds(out, "{\"cadastre\":\"bundle\",\"version\":1,");
	add_string(out, "id", header->id);
	str_addc(out, ',');
	add_string(out, "realm", header->realm);
	str_addc(out, ',');
	add_string(out, "vantage", header->vantage);
	str_addc(out, ',');
	add_string(out, "tool", header->tool);
	str_addc(out, ',');
	add_string(out, "started", clock_format(header->started_us, time));
	str_addc(out, '}');
	return end_line(writer, reterr);
}

int bundle_writer_new(int fd, const struct bundle_header *header,
	struct bundle_writer **ret_writer, struct error *reterr)
{
	_cleanup_(bundle_writer_freep) struct bundle_writer *writer =
		calloc(1, sizeof(*writer));
	int r;

	if (!writer)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a bundle");
	writer->fd = fd;
	str_init(&writer->out, FLUSH_AT + BUNDLE_LINE_MAX);
	writer->digest = digest_new();
	if (!writer->digest)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a bundle");

	r = put_header(writer, header, reterr);
	if (r < 0)
		return r;
	*ret_writer = STEAL(writer);
	return 0;
}

static void add_ends(struct str *out, const struct observation *obs)
{
	char text[CIDR_TEXT_MAX];

	if (obs->addr.family)
		add_plain(out, ",\"addr\":\"", addr_format(&obs->addr, text));
	if (obs->peer.family)
		add_plain(out, ",\"peer\":\"", addr_format(&obs->peer, text));
	if (!mac_is_zero(&obs->mac))
		add_plain(out, ",\"mac\":\"", mac_format(&obs->mac, text));
	if (obs->transport != TRANSPORT_NONE) {
		add_plain(out, ",\"transport\":\"", transport_name(obs->transport));
		add_number(out, ",\"port\":", obs->port);
	}
	if (obs->ttl)
		add_number(out, ",\"ttl\":", obs->ttl);
}

static void add_attributes(struct str *out, const struct observation *obs)
{
	if (!obs->n_attributes)
		return;
	str_adds(out, ",\"attributes\":{");
	for (size_t i = 0; i < obs->n_attributes; i++) {
		if (i)
			str_addc(out, ',');
		add_string(out, obs->attributes[i].name, obs->attributes[i].value);
	}
	str_addc(out, '}');
}

int bundle_writer_put(
	struct bundle_writer *writer, const struct observation *obs, struct error *reterr)
{
	struct str *out = &writer->out;
	char time[CLOCK_TEXT_MAX];
	int r;

	if (obs->n_attributes > OBSERVATION_ATTRIBUTES_MAX ||
		obs->raw_size > OBSERVATION_RAW_MAX)
		return error_set(reterr, ERROR_INTERNAL, "observation exceeds its limits");

	add_plain(out, "{\"kind\":\"", observation_kind_name(obs->kind));
	add_plain(out, ",\"method\":\"", observation_method_name(obs->method));
	add_plain(out, ",\"time\":\"", clock_format(obs->time_us, time));
	add_ends(out, obs);
	if (obs->protocol) {
		str_addc(out, ',');
		add_string(out, "protocol", obs->protocol);
	}
	add_attributes(out, obs);
	if (obs->raw_size) {
		str_adds(out, ",\"raw\":\"");
		base64_encode(out, obs->raw, obs->raw_size);
		str_addc(out, '"');
	}
	str_addc(out, '}');

	r = end_line(writer, reterr);
	if (r < 0)
		return r;
	writer->n_observations++;
	return out->len >= FLUSH_AT ? bundle_writer_flush(writer, reterr) : 0;
}

int bundle_writer_flush(struct bundle_writer *writer, struct error *reterr)
{
	int r;

	digest_rest(writer);
	r = file_write_all(writer->fd, writer->out.data, writer->out.len, reterr);
	str_reset(&writer->out);
	writer->digested = 0;
	return r < 0 ? error_wrap(reterr, r, "bundle") : 0;
}

int bundle_writer_end(struct bundle_writer *writer, const struct bundle_counters *counters,
	struct error *reterr)
{
	struct str *out = &writer->out;
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];

	digest_rest(writer);
	digest_value(writer->digest, digest);
	str_addf(out, "{\"end\":true,\"observations\":%llu,\"sha256\":\"%s\",\"counters\":{",
		(unsigned long long)writer->n_observations, digest_hex(digest, hex));
	for (size_t i = 0; counters && i < counters->n; i++)
		str_addf(out, "%s\"%s\":%llu", i ? "," : "", counters->rows[i].name,
			(unsigned long long)counters->rows[i].value);
	str_adds(out, "}}\n");
	if (out->failed)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a bundle line");
	return bundle_writer_flush(writer, reterr);
}

void bundle_writer_free(struct bundle_writer *writer)
{
	if (!writer)
		return;
	digest_free(writer->digest);
	str_done(&writer->out);
	free(writer);
}

static int sink_take(void *context, const struct observation *obs, struct error *reterr)
{
	return bundle_writer_put(context, obs, reterr);
}

struct observation_sink bundle_writer_sink(struct bundle_writer *writer)
{
	return (struct observation_sink){sink_take, writer};
}
