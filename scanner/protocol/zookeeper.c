/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ZooKeeper: the command "srvr", the one that servers answer unless that is switched off:
 * version and part in the ensemble. No session is opened and no node is read; clients are not
 * listed.
 *
 * Reference: ZooKeeper Administrator's Guide, the four letter words.
 */
#include "scanner/protocol/protocol.h"

#include "common/packer.h"
#include "scanner/protocol/lines.h"

#include <ctype.h>
#include <string.h>

#define ANSWER_MAX 4096

static const char question[] = "srvr";
static const char version[] = "Zookeeper version: ", mode[] = "Mode: ", last[] = "Node count: ";
static const char refused[] = "srvr is not executed because it is not in the whitelist.";
static const char idle[] = "This ZooKeeper instance is not currently serving requests";

static bool zookeeper_recognise(const uint8_t *bytes, size_t size)
{
	struct span all = {bytes, size};

	return (span_begins(all, version) && size > strlen(version) &&
		       isdigit(bytes[strlen(version)])) ||
	       span_begins(all, refused) || span_begins(all, idle);
}

static long zookeeper_complete(const uint8_t *bytes, size_t size)
{
	static const char *const beginnings[] = {version, refused, idle};
	struct span all = {bytes, size}, rest = all, line;
	bool fits = false;

	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		fits |= memcmp(bytes, beginnings[i],
				size < strlen(beginnings[i]) ? size : strlen(beginnings[i])) ==
			0;
	if (!fits || size > ANSWER_MAX)
		return -1;
	while (line_next(&rest, false, &line))
		if (span_begins(line, last) || !span_begins(all, version))
			return (long)(rest.bytes - bytes);
	return 0;
}

static void read_version(struct span line, struct reading *reading)
{
	const uint8_t *text = line.bytes + strlen(version),
		      *end = memchr(text, ',', line.size - strlen(version));
	size_t size = (size_t)((end ? end : line.bytes + line.size) - text);

	reading_add(reading, "zookeeper.version", text, size);
	reading_match(reading, "zookeeper.version", text, size);
}

static void zookeeper_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span rest = {bytes, size}, line;

	if (!zookeeper_recognise(bytes, size))
		return;
	if (span_begins(rest, refused))
		reading_add_text(reading, "zookeeper.state", "srvr is switched off");
	if (span_begins(rest, idle))
		reading_add_text(reading, "zookeeper.state", "not serving");
	while (line_next(&rest, true, &line)) {
		if (span_begins(line, version))
			read_version(line, reading);
		if (span_begins(line, mode))
			reading_add(reading, "zookeeper.mode", line.bytes + strlen(mode),
				line.size - strlen(mode));
	}
}

static size_t zookeeper_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, question, sizeof(question) - 1);
}

static const uint16_t zookeeper_ports[] = {2181, 0};

const struct protocol protocol_zookeeper = {
	.name = "zookeeper",
	.transport = TRANSPORT_TCP,
	.ports = zookeeper_ports,
	.risk = PROTOCOL_SAFE,
	.request = zookeeper_request,
	.complete = zookeeper_complete,
	.recognise = zookeeper_recognise,
	.read = zookeeper_read,
	.overheard = line_overheard,
	.reference = "four letter words",
};
