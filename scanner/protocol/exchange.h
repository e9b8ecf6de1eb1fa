/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH key exchanges, as far as it takes to be told the host key and to see that the server
 * holds it: a public value to open with, and the check of the signature in the answer. The
 * values are made once per process, before the sandbox. The shared secret goes into the hash
 * that was signed and nowhere else: no keys are derived from it.
 *
 * References: RFC 8731 (curve25519), RFC 5656 (nistp256), RFC 8268 and RFC 4253 (group 14).
 */
#ifndef SCANNER_PROTOCOL_EXCHANGE_H
#define SCANNER_PROTOCOL_EXCHANGE_H

#include "common/error.h"
#include "scanner/protocol/lines.h"

#include <stddef.h>
#include <stdint.h>

#define EXCHANGE_NAMES                                                                         \
	"curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"                   \
	"diffie-hellman-group14-sha256,diffie-hellman-group14-sha1"
#define EXCHANGE_VALUE_MAX 260

int exchange_prepare(struct error *reterr);
/* The value for an exchange method; 0 if there is none. */
size_t exchange_value(const char *method, uint8_t *out, size_t max);

/* What both sides said (RFC 4253, 8): identifications without line ends, KEXINIT payloads, and
 * the server's answer. */
struct exchange_said {
	const char *method;
	struct span client, server, client_kexinit, server_kexinit;
	struct span key, value, signature;
};

/* True if the server proved with this exchange that it holds the key. */
bool exchange_verify(const struct exchange_said *said);

#endif
