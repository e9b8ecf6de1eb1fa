/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NTLM, as far as a server says who it is before anybody logs in: its answer to the first
 * message of the three has its names and the build of its system. Nothing is ever sent after
 * that, so nobody logs in.
 *
 * Reference: [MS-NLMP] 2.2.1.1 (NEGOTIATE), 2.2.1.2 (CHALLENGE), 2.2.2.1 (AV_PAIR), 2.2.2.10
 * (VERSION).
 */
#ifndef SCANNER_PROTOCOL_NTLM_H
#define SCANNER_PROTOCOL_NTLM_H

#include "scanner/protocol/protocol.h"

#define NTLM_NEGOTIATE_SIZE 40
extern const uint8_t ntlm_negotiate[NTLM_NEGOTIATE_SIZE];

/* The CHALLENGE that stands somewhere in the bytes: names, domain and build, as "ntlm.*", and
 * what the build is known to be. Nothing without one. */
void ntlm_read(const uint8_t *bytes, size_t size, struct reading *reading);
/* Overwrites the challenge itself, which is no one's to keep when it was meant for somebody
 * else. */
void ntlm_forget(uint8_t *bytes, size_t size);

#endif
