/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PROFINET DCP, by which stations of a link are found and named (IEC 61158-6-10, 4.3): which
 * station speaks, and what it says of itself. A pure reader: views point into the caller's
 * bytes and are not clean. Of questions the name that is asked for is told; orders are not
 * read: what they hold is wanted of somebody else.
 */
#ifndef SCANNER_WIRE_DCP_H
#define SCANNER_WIRE_DCP_H

#include "common/addr.h"
#include "common/str.h"
#include "scanner/wire/tlv.h"

#include <stdbool.h>

#define DCP_ETHERTYPE                                                                          \
	0x8892 /* PROFINET's; DCP is some of its frames, by their first two bytes */

enum { DCP_IDENTIFY = 5 }; /* a service */

enum dcp_role {
	DCP_ROLE_DEVICE = 1,
	DCP_ROLE_CONTROLLER = 2,
	DCP_ROLE_MULTIDEVICE = 4,
	DCP_ROLE_SUPERVISOR = 8,
};

struct dcp {
	uint8_t service;
	bool states;	    /* an answer or a greeting: what follows is the sender's own */
	uint32_t xid;	    /* repeats that of the question */
	struct view sought; /* of a question: the NameOfStation that it asks for */
	struct view name, type, alias; /* NameOfStation, type of station, alias name */
	bool has_device, has_instance, has_role;
	uint16_t vendor, device;
	uint16_t instance;
	uint8_t role;		   /* DCP_ROLE_... */
	struct addr addr, gateway; /* family 0: none, or one that is in conflict */
	struct tlv_tally tally;
};

/* Whether a frame of PROFINET's ethertype is of DCP. */
bool dcp_is(const uint8_t *bytes, size_t size);
/* The payload of such a frame. False if it is cut short or its lengths contradict each other.
 */
bool dcp_read(const uint8_t *bytes, size_t size, struct dcp *ret_dcp);

/* What it states, piece by piece under the names of facts, as text that is not clean. */
void dcp_describe(const struct dcp *dcp,
	void (*tell)(void *context, const char *name, const void *text, size_t size),
	void *context);
/* The names of the roles, by spaces: "device controller". */
void dcp_role_format(struct str *out, uint8_t role);

#endif
