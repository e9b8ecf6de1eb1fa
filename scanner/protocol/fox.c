/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Niagara Fox, spoken by stations of building automation: the hello, which both sides begin
 * with and which says what runs there. What follows it would be a login, and is left out.
 *
 * Reference: the hello message, as stations send it; ../shared/fingerprints.md, section 4.
 */
#include "scanner/protocol/protocol.h"

#include "common/packer.h"
#include "common/str.h"
#include "scanner/protocol/lines.h"

#include <string.h>

#define REPLY_MAX 8192
#define TEXT_MAX 512

static const char hello[] = "fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\n};;\n";

/* "hostName=s:value": a name, the type of a string, the value. */
static const struct {
	const char *name, *attribute;
} items[] = {{"fox.version=s:", "fox.version"}, {"app.name=s:", "fox.application"},
	{"app.version=s:", "fox.application_version"}, {"vm.name=s:", "fox.vm"},
	{"vm.version=s:", "fox.vm_version"}, {"os.name=s:", "fox.os"},
	{"os.version=s:", "fox.os_version"}, {"station.name=s:", "fox.station"},
	{"hostId=s:", "fox.host_id"}, {"brandId=s:", "fox.brand"},
	{"timeZone=s:", "fox.time_zone"}};

/* What is matched, in this order. */
static const char *const matched[] = {"fox.application", "fox.application_version", "fox.os",
	"fox.os_version", "fox.brand", "fox.host_id"};

static bool fox_recognise(const uint8_t *bytes, size_t size)
{
	struct span all = {bytes, size}, line;

	return size > 6 && memcmp(bytes, "fox a ", 6) == 0 && line_next(&all, false, &line) &&
		line.size > 10 && memcmp(line.bytes + line.size - 10, " fox hello", 10) == 0;
}

/* The end of the hello, which has more lines than the first; NULL: it is not there yet. */
static const uint8_t *hello_end(const uint8_t *bytes, size_t size)
{
	struct span rest = {bytes, size}, line;
	const uint8_t *end = line_next(&rest, false, &line) ? span_find(rest, "};;") : NULL;

	return end ? end + 3 : NULL;
}

static long fox_complete(const uint8_t *bytes, size_t size)
{
	const uint8_t *end = hello_end(bytes, size);

	if (size > 0 && memcmp(bytes, "fox a ", size < 6 ? size : 6) != 0)
		return -1;
	if (end)
		return fox_recognise(bytes, size) ? (long)(end - bytes) : -1;
	return size > REPLY_MAX ? -1 : 0; /* it comes in pieces */
}

static void fox_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	_cleanup_(str_done) struct str text = STR_INIT(TEXT_MAX * ARRAY_SIZE(matched));
	struct span rest = {bytes, size}, line;

	if (!fox_recognise(bytes, size))
		return;
	while (line_next(&rest, true, &line) && !span_begins(line, "};;")) {
		if (span_begins(line, "hostName=s:"))
			reading_name(reading, "fox", line.bytes + 11, line.size - 11);
		for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
			size_t n = strlen(items[i].name);

			if (line.size > n && memcmp(line.bytes, items[i].name, n) == 0)
				reading_add(reading, items[i].attribute, line.bytes + n,
					line.size - n);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(matched); i++) {
		const char *value = reading_get(reading, matched[i]);

		str_addf(&text, "%s%s", i ? "|" : "", value ? value : "");
	}
	reading_match(reading, "fox.hello", text.data, text.len);
}

/* What follows the hello is a login. */
static size_t fox_overheard(uint8_t *bytes, size_t size)
{
	const uint8_t *end = hello_end(bytes, size);

	return end ? (size_t)(end - bytes) : size;
}

static size_t fox_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, hello, sizeof(hello) - 1);
}

static const uint16_t fox_ports[] = {1911, 0};

const struct protocol protocol_fox = {
	.name = "fox",
	.transport = TRANSPORT_TCP,
	.ports = fox_ports,
	.risk = PROTOCOL_SAFE,
	.request = fox_request,
	.complete = fox_complete,
	.recognise = fox_recognise,
	.read = fox_read,
	.overheard = fox_overheard,
	.reference = "Niagara Fox, hello",
};
