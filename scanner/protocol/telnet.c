/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telnet: the text before the login, with the options taken out. Every option that the server
 * asks for or offers is declined once, as RFC 854 lets any client do; some servers show nothing
 * before that. No login is tried.
 *
 * References: RFC 854, RFC 855.
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/lines.h"

#include <string.h>

#define TEXT_MAX 4096
#define OPTIONS_MAX 64

enum { SE = 240, SB = 250, WILL = 251, WONT = 252, DO = 253, DONT = 254, IAC = 255 };

static const char *const prompts[] = {"login:", "Username:", "User Access Verification",
	"Password:"};

/* Size of the command at `bytes`, which begins with IAC. */
static size_t command_size(const uint8_t *bytes, size_t size)
{
	if (size < 2 || bytes[1] == IAC)
		return size < 2 ? 1 : 2;
	if (bytes[1] >= WILL && bytes[1] <= DONT)
		return size < 3 ? size : 3;
	if (bytes[1] != SB)
		return 2;
	for (size_t i = 2; i + 1 < size; i++)
		if (bytes[i] == IAC && bytes[i + 1] == SE)
			return i + 2;
	return size;
}

/* The text without commands and NULs; a doubled IAC is one byte of data. */
static size_t strip(const uint8_t *bytes, size_t size, uint8_t *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < size && n < max;) {
		if (bytes[i] != IAC) {
			if (bytes[i])
				out[n++] = bytes[i];
			i++;
			continue;
		}
		if (i + 1 < size && bytes[i + 1] == IAC)
			out[n++] = IAC;
		i += command_size(bytes + i, size - i);
	}
	return n;
}

static bool telnet_recognise(const uint8_t *bytes, size_t size)
{
	if (size >= 3 && bytes[0] == IAC && bytes[1] >= WILL && bytes[1] <= DONT)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(prompts); i++)
		if (span_find((struct span){bytes, size}, prompts[i]))
			return !span_begins((struct span){bytes, size}, "HTTP/") &&
				!span_begins((struct span){bytes, size}, "<");
	return false;
}

static void telnet_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	uint8_t text[TEXT_MAX];
	struct span banner = {text, strip(bytes, size, text, sizeof(text))};

	banner = span_trim(banner);
	reading_add(reading, "telnet.banner", banner.bytes, banner.size);
	reading_match(reading, "telnet_banners", banner.bytes, banner.size);
}

/* Up to the first prompt; what comes then is somebody's session. */
static size_t telnet_overheard(uint8_t *bytes, size_t size)
{
	size_t kept = size;

	for (size_t i = 0; i < ARRAY_SIZE(prompts); i++) {
		const uint8_t *at = span_find((struct span){bytes, kept}, prompts[i]);

		if (at && prompts[i][strlen(prompts[i]) - 1] == ':')
			kept = (size_t)(at - bytes) + strlen(prompts[i]);
	}
	return kept;
}

static long telnet_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	size_t n = 0;

	(void)seed;
	if (said > 0)
		return 0;
	for (size_t i = 0; i < size && n + 3 <= max && n < 3 * OPTIONS_MAX;) {
		uint8_t verb = i + 2 < size ? heard[i + 1] : 0;

		if (heard[i] != IAC) {
			i++;
			continue;
		}
		if (verb == DO || verb == WILL) {
			out[n++] = IAC;
			out[n++] = verb == DO ? WONT : DONT;
			out[n++] = heard[i + 2];
		}
		i += command_size(heard + i, size - i);
	}
	return (long)n;
}

static const uint16_t telnet_ports[] = {23, 2323, 0};

const struct protocol protocol_telnet = {
	.name = "telnet",
	.transport = TRANSPORT_TCP,
	.ports = telnet_ports,
	.risk = PROTOCOL_PASSIVE,
	.recognise = telnet_recognise,
	.read = telnet_read,
	.next = telnet_next,
	.overheard = telnet_overheard,
	.reference = "RFC 854",
};
