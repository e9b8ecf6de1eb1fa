/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies by SipHash over source, target, port and kind; see cookie.h. */
#include "scanner/campaign/cookie.h"

#include <string.h>

uint64_t cookie_seed(const struct siphash_key *key, enum cookie_kind kind,
	const struct addr *source, const struct addr *target, uint16_t port)
{
	size_t size = source->family == 4 ? 4 : 16, n = 0;
	uint8_t bytes[40];

	memcpy(bytes, source->bytes, size);
	memcpy(bytes + size, target->bytes, size);
	n = 2 * size;
	bytes[n++] = (uint8_t)(port >> 8);
	bytes[n++] = (uint8_t)port;
	bytes[n++] = (uint8_t)kind;
	return siphash(key, bytes, n);
}

uint32_t cookie(const struct siphash_key *key, enum cookie_kind kind, const struct addr *source,
	const struct addr *target, uint16_t port)
{
	return (uint32_t)cookie_seed(key, kind, source, target, port);
}

uint32_t cookie_trace(const struct siphash_key *key, enum cookie_kind kind,
	const struct addr *source, const struct addr *target, uint16_t port, uint8_t ttl)
{
	return (cookie(key, kind, source, target, port) & ~0xfu) | ((ttl - 1u) & 0xfu);
}

uint8_t cookie_trace_ttl(const struct siphash_key *key, enum cookie_kind kind,
	const struct addr *source, const struct addr *target, uint16_t port, uint32_t value)
{
	if ((cookie(key, kind, source, target, port) ^ value) & ~0xfu)
		return 0;
	return (uint8_t)((value & 0xf) + 1);
}
