/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rsync daemon: it names its version as soon as it is connected to. Nothing is answered:
 * its list of modules is not asked for.
 *
 * Reference: rsync's protocol, as csprotocol.txt in its sources describes it.
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/lines.h"

#include <ctype.h>
#include <string.h>

static const char greeting[] = "@RSYNCD: ";

static bool rsync_recognise(const uint8_t *bytes, size_t size)
{
	size_t n = strlen(greeting);

	return size > n && memcmp(bytes, greeting, n) == 0 && isdigit(bytes[n]);
}

static void rsync_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span rest = {bytes, size}, line;
	size_t n = strlen(greeting), digits = 0;

	if (!rsync_recognise(bytes, size) || !line_next(&rest, true, &line) || line.size <= n)
		return;
	line.bytes += n;
	line.size -= n;
	while (digits < line.size && (isdigit(line.bytes[digits]) || line.bytes[digits] == '.'))
		digits++;
	reading_add(reading, "rsync.protocol", line.bytes, digits);
	if (digits + 1 < line.size) /* from 3.2.7 on: the digests that it knows */
		reading_add(reading, "rsync.digests", line.bytes + digits + 1,
			line.size - digits - 1);
	reading_match(reading, "rsync.greeting", line.bytes, line.size);
}

static const uint16_t rsync_ports[] = {873, 0};

const struct protocol protocol_rsync = {
	.name = "rsync",
	.transport = TRANSPORT_TCP,
	.ports = rsync_ports,
	.risk = PROTOCOL_PASSIVE,
	.complete = line_complete,
	.recognise = rsync_recognise,
	.read = rsync_read,
	.overheard = line_overheard,
	.reference = "csprotocol.txt",
};
