/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memcached: its version, then a farewell. No key is read and no statistics are asked for.
 * Reference: protocol.txt in its sources.
 */
#include "scanner/protocol/protocol.h"

#include "common/packer.h"
#include "scanner/protocol/lines.h"

#include <ctype.h>
#include <string.h>

static const char question[] = "version\r\n", answer[] = "VERSION ";

static bool memcached_recognise(const uint8_t *bytes, size_t size)
{
	size_t n = strlen(answer);

	return size > n && memcmp(bytes, answer, n) == 0 && isdigit(bytes[n]);
}

static void memcached_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span rest = {bytes, size}, line;
	size_t n = strlen(answer);

	if (!memcached_recognise(bytes, size) || !line_next(&rest, true, &line) ||
		line.size <= n)
		return;
	reading_add(reading, "memcached.version", line.bytes + n, line.size - n);
	reading_add_text(reading, "memcached.auth", "none"); /* with SASL this is refused */
	reading_match(reading, "memcached.version", line.bytes + n, line.size - n);
}

static size_t memcached_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, question, sizeof(question) - 1);
}

static long memcached_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	(void)seed;
	return said == 1 ? line_farewell("quit\r\n", 0, line_complete(heard, size), out, max)
			 : -1;
}

static const uint16_t memcached_ports[] = {11211, 0};

const struct protocol protocol_memcached = {
	.name = "memcached",
	.transport = TRANSPORT_TCP,
	.ports = memcached_ports,
	.risk = PROTOCOL_SAFE,
	.request = memcached_request,
	.complete = line_complete,
	.recognise = memcached_recognise,
	.read = memcached_read,
	.next = memcached_next,
	.overheard = line_overheard,
	.reference = "protocol.txt",
};
