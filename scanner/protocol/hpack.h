/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Header blocks of HTTP/2, unpacked: libnghttp2's decoder alone, behind bounds of our own. What
 * is packed small may unpack to very much, so the number of fields and their size are counted
 * as they come out.
 *
 * Reference: RFC 7541.
 */
#ifndef SCANNER_PROTOCOL_HPACK_H
#define SCANNER_PROTOCOL_HPACK_H

#include "common/cleanup.h"
#include "scanner/protocol/lines.h"

#define HPACK_FIELDS_MAX 128
/* Of all blocks, as RFC 9113, 6.5.2 counts: 32 more for each field. */
#define HPACK_LIST_MAX 16384

struct hpack;

/* Told of one field; both spans are borrowed until it returns. */
typedef void hpack_field(void *context, struct span name, struct span value);

/* For the blocks of one connection, with a table of the 4,096 bytes that every peer may count
 * on. NULL without memory. */
struct hpack *hpack_new(void);
void hpack_free(struct hpack *hpack);
CLEANUP_DEFINE(struct hpack, hpack_free)

/* Takes a piece of a block; `last`: the block ends with it. False: it is no such block, or
 * beyond a bound; nothing more can be unpacked then. */
bool hpack_take(
	struct hpack *hpack, struct span piece, bool last, hpack_field *field, void *context);

#endif
