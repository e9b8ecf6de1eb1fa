/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ISO transport over TCP, as far as its users here need it: packets one behind the other, what
 * kind they are, and the farewell. S7 and MMS stand on it, and a server's confirm does not tell
 * which.
 *
 * References: RFC 1006 (TPKT), ISO 8073 / X.224 (COTP).
 */
#ifndef SCANNER_PROTOCOL_COTP_H
#define SCANNER_PROTOCOL_COTP_H

#include "common/cursor.h"

struct protocol;

enum {
	COTP_PORT = 102,
	COTP_PACKET_MAX = 4096,
	COTP_CONFIRM = 0xd0,
	COTP_DATA = 0xf0,
};

/* The last way in which S7 is asked on that port: MMS comes after it. */
extern const struct protocol protocol_s7_elsewhere;

/* The content of the next packet, which begins with the COTP header. Failed if there is none.
 */
struct cursor cotp_next(struct cursor *c);
/* The code of such a content; 0 if it has none. */
uint8_t cotp_code(const struct cursor *content);
/* What a data packet carries, behind its header; failed if it is none, or only a part of more.
 */
struct cursor cotp_data(struct cursor content);
/* What the first data packet carries, which may stand behind a confirm; failed if there is
 * none. */
struct cursor cotp_first_data(const uint8_t *bytes, size_t size);

/* Of the first packet, as struct protocol has it. */
long cotp_complete(const uint8_t *bytes, size_t size);
/* The farewell, which names the reference that the other side gave in its confirm. */
long cotp_disconnect(const uint8_t *heard, size_t size, uint8_t *out, size_t max);

#endif
