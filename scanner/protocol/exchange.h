/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public values that open an SSH key exchange. They are made once per process, before the
 * sandbox, and used only to be told the host key: no secret is ever computed from them.
 *
 * References: RFC 8731 (curve25519), RFC 5656 (nistp256), RFC 8268 and RFC 4253 (group 14).
 */
#ifndef SCANNER_PROTOCOL_EXCHANGE_H
#define SCANNER_PROTOCOL_EXCHANGE_H

#include "common/error.h"

#include <stddef.h>
#include <stdint.h>

#define EXCHANGE_NAMES                                                                         \
	"curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"                   \
	"diffie-hellman-group14-sha256,diffie-hellman-group14-sha1"
#define EXCHANGE_VALUE_MAX 260

int exchange_prepare(struct error *reterr);
/* The value for an exchange method; 0 if there is none. */
size_t exchange_value(const char *method, uint8_t *out, size_t max);

#endif
