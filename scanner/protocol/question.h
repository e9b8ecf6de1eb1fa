/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the messages of DNS, multicast DNS, NetBIOS and reverse DNS have alike: the head of a
 * question, and the id that ties the answer to it (RFC 1035, 4.1.1; RFC 1002, 4.2.1.1).
 */
#ifndef SCANNER_PROTOCOL_QUESTION_H
#define SCANNER_PROTOCOL_QUESTION_H

#include "common/packer.h"

#include <stdbool.h>

/* Writes the head of one question, no recursion desired. The question itself follows. */
void question_begin(struct packer *p, uint16_t id);
/* A response with this id. */
bool question_answered(const uint8_t *reply, size_t size, uint16_t id);
/* An answer of multicast DNS: without an error, about a name under .local (RFC 6762, 3), and
 * with neither bit of recursion, which it never sets (18.6, 18.7) and a resolver does. */
bool question_is_multicast(const uint8_t *reply, size_t size);

#endif
