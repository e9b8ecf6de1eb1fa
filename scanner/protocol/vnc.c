/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFB, the protocol of VNC: the server names its version, is told one that both have, and lists
 * the ways in which it would let somebody in. None is chosen, so no picture is asked for and
 * nobody who looks on is disturbed.
 *
 * Reference: RFC 6143 (7.1.1, 7.1.2), and the versions 3.3 and 3.7 that its appendix describes.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/str.h"

#include <ctype.h>
#include <string.h>

enum { VERSION_SIZE = 12, REASON_MAX = 1024, LIST_TEXT_MAX = 256, NONE = 1 };

/* IANA's registry of RFB security types. */
static const struct {
	uint8_t type;
	const char *name;
} types[] = {{NONE, "none"}, {2, "vnc"}, {5, "ra2"}, {6, "ra2ne"}, {7, "sspi"}, {8, "sspine"},
	{16, "tight"}, {17, "ultra"}, {18, "tls"}, {19, "vencrypt"}, {20, "sasl"}, {21, "md5"},
	{22, "xvp"}, {23, "secure tunnel"}, {24, "ssh"}, {30, "apple"}, {35, "apple kerberos"},
	{129, "ra2-256"}, {130, "ra2ne-256"}};

static bool vnc_recognise(const uint8_t *bytes, size_t size)
{
	if (size < VERSION_SIZE || memcmp(bytes, "RFB ", 4) != 0 || bytes[7] != '.' ||
		bytes[VERSION_SIZE - 1] != '\n')
		return false;
	for (size_t i = 4; i < VERSION_SIZE - 1; i++)
		if (i != 7 && !isdigit(bytes[i]))
			return false;
	return true;
}

static unsigned int number(const uint8_t *digits)
{
	return (digits[0] - '0') * 100u + (digits[1] - '0') * 10u + (digits[2] - '0');
}

/* Which of the three it is. Apple's 3.889 and RealVNC's 4 and 5 are 3.8 with something added;
 * whatever else is said means 3.3 (RFC 6143, 7.1.1). */
static unsigned int minor_version(const uint8_t *bytes)
{
	unsigned int major = number(bytes + 4), minor = number(bytes + 8);

	return major > 3 || minor == 8 || minor == 889 ? 8 : minor == 7 ? 7 : 3;
}

/* What stands behind the version. One type (3.3) or a list of them; none: a reason follows. */
struct security {
	const uint8_t *types, *reason;
	size_t n, reason_size;
	bool whole, broken;
};

static struct security security_of(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct security s = {.n = 0};
	bool lists = minor_version(bytes) >= 7;

	cursor_skip(&c, VERSION_SIZE);
	if (lists) {
		s.n = cursor_u8(&c);
		s.types = cursor_bytes(&c, s.n);
	} else {
		cursor_skip(&c, 3);
		s.types = cursor_bytes(&c, 1);
		s.n = s.types && *s.types;
	}
	if (cursor_ok(&c) && s.n == 0) {
		s.reason_size = cursor_be32(&c);
		s.broken = cursor_ok(&c) && s.reason_size > REASON_MAX;
		s.reason = s.broken ? NULL : cursor_bytes(&c, s.reason_size);
	}
	s.whole = cursor_ok(&c) && !s.broken;
	return s;
}

static long vnc_complete(const uint8_t *bytes, size_t size)
{
	if (size >= VERSION_SIZE)
		return vnc_recognise(bytes, size) ? (long)size : -1;
	return memcmp(bytes, "RFB ", size < 4 ? size : 4) == 0 ? 0 : -1;
}

static void list_types(const struct security *s, struct str *out)
{
	for (size_t i = 0; i < s->n; i++) {
		const char *name = NULL;

		for (size_t k = 0; k < ARRAY_SIZE(types); k++)
			if (types[k].type == s->types[i])
				name = types[k].name;
		if (name)
			str_addf(out, "%s%s", i ? ", " : "", name);
		else
			str_addf(out, "%stype %u", i ? ", " : "", s->types[i]);
	}
}

static void vnc_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	_cleanup_(str_done) struct str list = STR_INIT(LIST_TEXT_MAX * 16);
	struct security s;
	char version[16];

	if (!vnc_recognise(bytes, size))
		return;
	snprintf(version, sizeof(version), "%u.%u", number(bytes + 4), number(bytes + 8));
	reading_add_text(reading, "vnc.version", version);
	reading_match(reading, "vnc.version", bytes, VERSION_SIZE - 1);
	s = security_of(bytes, size);
	if (!s.whole)
		return;
	if (s.reason)
		reading_add(reading, "vnc.refused", s.reason, s.reason_size);
	if (!s.n)
		return;
	list_types(&s, &list);
	reading_add_text(reading, "vnc.security", list.data);
	reading_add_text(reading, "vnc.auth", memchr(s.types, NONE, s.n) ? "none" : "required");
}

/* The challenge of a password, and the picture, stand behind it. */
static size_t vnc_overheard(uint8_t *bytes, size_t size)
{
	struct security s;

	if (!vnc_recognise(bytes, size))
		return 0;
	s = security_of(bytes, size);
	if (!s.whole)
		return VERSION_SIZE;
	return s.reason ? (size_t)(s.reason - bytes) + s.reason_size :
		s.types ? (size_t)(s.types - bytes) + s.n : VERSION_SIZE;
}

static long vnc_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	struct security s;

	(void)seed;
	if (!vnc_recognise(heard, size))
		return vnc_complete(heard, size);
	if (said == 0) {
		if (max < VERSION_SIZE)
			return -1;
		memcpy(out, "RFB 003.00", 10);
		out[10] = (uint8_t)('0' + minor_version(heard));
		out[11] = '\n';
		return VERSION_SIZE;
	}
	s = security_of(heard, size);
	return said == 1 && !s.whole && !s.broken ? 0 : -1;
}

static const uint16_t vnc_ports[] = {5900, 5901, 5902, 5903, 0};

const struct protocol protocol_vnc = {
	.name = "vnc",
	.transport = TRANSPORT_TCP,
	.ports = vnc_ports,
	.risk = PROTOCOL_PASSIVE,
	.complete = vnc_complete,
	.recognise = vnc_recognise,
	.read = vnc_read,
	.next = vnc_next,
	.overheard = vnc_overheard,
	.reference = "RFC 6143, 7.1",
};
