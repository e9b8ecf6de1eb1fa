/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redis: PING, and INFO of the server section if no password is asked for. No login is tried
 * and no key is read.
 *
 * Reference: Redis serialization protocol (RESP).
 */
#include "scanner/protocol/protocol.h"

#include "common/packer.h"
#include "scanner/protocol/lines.h"

#include <string.h>

#define REPLY_MAX 16384

static const char ping[] = "PING\r\n", info[] = "INFO server\r\n", quit[] = "QUIT\r\n";

static const struct {
	const char *key, *attribute;
} items[] = {{"redis_version:", "redis.version"}, {"redis_mode:", "redis.mode"},
	{"os:", "redis.os"}, {"arch_bits:", "redis.arch_bits"}, {"tcp_port:", "redis.port"},
	{"uptime_in_seconds:", "redis.uptime"}};

static const char *const errors[] = {"-NOAUTH ", "-DENIED ", "-ERR ", "-NOPERM ", "-LOADING ",
	"-MASTERDOWN "};

static bool redis_recognise(const uint8_t *bytes, size_t size)
{
	struct span start = {bytes, size};

	if (span_begins(start, "+PONG\r\n"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (span_begins(start, errors[i]) && bytes[1] == (uint8_t)errors[i][1])
			return true;
	return false;
}

/* "$n CR LF", n bytes, CR LF. Returns 1 if it is whole, 0 if not yet, -1 if it is none. */
static int bulk(struct span rest, struct span *ret_text)
{
	struct span line;
	size_t n = 0;

	if (!line_next(&rest, false, &line))
		return rest.size > 16 ? -1 : 0;
	if (line.size < 2 || line.size > 7 || line.bytes[0] != '$')
		return -1;
	for (size_t i = 1; i < line.size; i++) {
		if (line.bytes[i] < '0' || line.bytes[i] > '9')
			return -1;
		n = n * 10 + (line.bytes[i] - '0');
	}
	if (n > REPLY_MAX)
		return -1;
	*ret_text = (struct span){rest.bytes, rest.size < n ? rest.size : n};
	return rest.size >= n + 2;
}

static void redis_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span rest = {bytes, size}, line, text = {bytes, 0};

	if (!line_next(&rest, true, &line))
		return;
	if (line.size > 0 && line.bytes[0] == '-')
		reading_add(reading, "redis.error", line.bytes + 1, line.size - 1);
	reading_add_text(reading, "redis.auth",
		span_begins(line, "+PONG")     ? "none"
		: span_begins(line, "-NOAUTH") ? "required"
					       : NULL);
	bulk(rest, &text);
	while (line_next(&text, true, &line))
		for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
			size_t n = strlen(items[i].key);

			if (!span_begins(line, items[i].key))
				continue;
			reading_add(reading, items[i].attribute, line.bytes + n, line.size - n);
			if (i == 0)
				reading_match(reading, "redis.info", line.bytes, line.size);
		}
	reading_match(reading, "redis.reply", bytes, size < 64 ? size : 64);
}

/* The first line, and the server's own section of INFO; other replies are its users' data. */
static size_t redis_overheard(uint8_t *bytes, size_t size)
{
	struct span rest = {bytes, size}, line, text = {bytes, 0};

	if (!line_next(&rest, true, &line))
		return size;
	if (bulk(rest, &text) >= 0 && span_begins(text, "# Server"))
		return (size_t)(text.bytes - bytes) + text.size;
	return (size_t)(rest.bytes - bytes);
}

static size_t redis_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, ping, strlen(ping));
}

static long redis_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	struct span rest = {heard, size}, line, text;
	int whole;

	(void)seed;
	if (!line_next(&rest, false, &line))
		return size > REPLY_MAX ? -1 : 0;
	if (said == 1 && span_begins(line, "+PONG"))
		return (long)packer_copy(out, max, info, strlen(info));
	if (said != 2)
		return -1;
	if (rest.size > 0 && rest.bytes[0] == '-')
		return -1;
	whole = bulk(rest, &text);
	return whole > 0 ? (long)packer_copy(out, max, quit, strlen(quit)) : whole;
}

static const uint16_t redis_ports[] = {6379, 6380, 0};

const struct protocol protocol_redis = {
	.name = "redis",
	.transport = TRANSPORT_TCP,
	.ports = redis_ports,
	.risk = PROTOCOL_SAFE,
	.request = redis_request,
	.complete = line_complete,
	.recognise = redis_recognise,
	.read = redis_read,
	.next = redis_next,
	.overheard = redis_overheard,
	.reference = "RESP",
};
