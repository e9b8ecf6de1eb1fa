/* SPDX-License-Identifier: Apache-2.0 */
/* What GOOSE and sampled values have in common: the header in front of their PDU (IEC
 * 61850-8-1, annex C; IEC 61850-9-2, annex A). */
#ifndef SCANNER_WIRE_IEC61850_H
#define SCANNER_WIRE_IEC61850_H

#include "scanner/wire/ber.h"

enum { IEC61850_HEADER_SIZE = 8, IEC61850_NAME_MAX = 129 /* ObjectReference */ };

/* The content of the PDU, whose tag must be this one; failed if it is cut short. */
static inline struct cursor iec61850_pdu(
	const uint8_t *bytes, size_t size, uint8_t tag, uint16_t *ret_appid)
{
	struct cursor c = cursor_of(bytes, size), message;
	uint16_t length;

	*ret_appid = cursor_be16(&c);
	length = cursor_be16(&c);
	cursor_skip(&c, 4); /* reserved */
	if (length < IEC61850_HEADER_SIZE)
		cursor_fail(&c);
	message = cursor_sub(&c, length - (size_t)IEC61850_HEADER_SIZE);
	return ber_element(&message, tag);
}

#endif
