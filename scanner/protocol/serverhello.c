/* SPDX-License-Identifier: Apache-2.0 */
/* The hello of a TLS server; see serverhello.h. Versions before 1.2: RFC 8996. */
#include "scanner/protocol/serverhello.h"

#include "common/cleanup.h"
#include "common/str.h"

#define PARAMETERS_MAX 256

enum {
	RANDOM_SIZE = 32,
	EXTENSION_VERSIONS = 43,
	VERSION_1_2 = 0x0303,
};

static const struct {
	uint16_t version;
	const char *name;
} versions[] = {{0x0300, "SSLv3"}, {0x0301, "TLSv1"}, {0x0302, "TLSv1.1"},
	{VERSION_1_2, "TLSv1.2"}, {0x0304, "TLSv1.3"}};

/* The version of 1.3 stands in an extension; a hello of old servers has no extensions at all.
 */
bool serverhello_parse(struct cursor message, struct serverhello *ret_hello)
{
	struct serverhello *hello = ret_hello;
	struct cursor extensions;

	*hello = (struct serverhello){.legacy = cursor_be16(&message)};
	hello->version = hello->legacy;
	cursor_skip(&message, RANDOM_SIZE);
	cursor_skip(&message, cursor_u8(&message)); /* session id */
	hello->cipher = cursor_be16(&message);
	cursor_skip(&message, 1); /* compression */
	if (!cursor_ok(&message))
		return false;
	extensions = cursor_sub(&message, cursor_be16(&message));
	while (cursor_left(&extensions) >= 4) {
		uint16_t type = cursor_be16(&extensions);
		struct cursor extension = cursor_sub(&extensions, cursor_be16(&extensions));

		if (!cursor_ok(&extension))
			break;
		if (type == EXTENSION_VERSIONS && cursor_left(&extension) == 2)
			hello->version = cursor_be16(&extension);
		if (hello->n_extensions < SERVERHELLO_EXTENSIONS_MAX)
			hello->extensions[hello->n_extensions] = type;
		hello->n_extensions++;
	}
	return true;
}

void serverhello_describe(const struct serverhello *hello, struct reading *reading)
{
	_cleanup_(str_done) struct str text = STR_INIT(PARAMETERS_MAX);

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		if (versions[i].version != hello->version)
			continue;
		reading_add_text(reading, "tls.version", versions[i].name);
		if (hello->version < VERSION_1_2)
			reading_append(reading, "tls.weak", versions[i].name);
	}
	str_addf(&text, "version %04x, cipher %04x, extensions", hello->legacy, hello->cipher);
	for (size_t i = 0; i < hello->n_extensions && i < SERVERHELLO_EXTENSIONS_MAX; i++)
		str_addf(&text, " %04x", hello->extensions[i]);
	if (hello->n_extensions == 0)
		str_adds(&text, " none");
	if (hello->n_extensions > SERVERHELLO_EXTENSIONS_MAX)
		str_addf(&text, " and %zu more",
			hello->n_extensions - SERVERHELLO_EXTENSIONS_MAX);
	reading_add(reading, "tls.server.parameters", text.data, text.len);
}
