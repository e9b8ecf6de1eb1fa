/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcapng, block by block (draft-ietf-opsawg-pcapng). libpcap reads only files whose interfaces
 * all have one link type and one snapshot length; a capture of several interfaces has neither.
 * Used by capture.c alone.
 */
#ifndef SCANNER_LINK_PCAPNG_H
#define SCANNER_LINK_PCAPNG_H

#include "common/cleanup.h"
#include "scanner/link/capture.h"

#include <stdio.h>

#define PCAPNG_INTERFACES_MAX 1024         /* of one section; packets of others are a fault */
#define PCAPNG_BLOCK_MAX (16 * 1024 * 1024) /* a larger block is a fault */

struct pcapng;

/* `stream` stays the caller's and must outlive the reader. NULL without memory. */
struct pcapng *pcapng_new(FILE *stream);
void pcapng_free(struct pcapng *pcapng);
CLEANUP_DEFINE(struct pcapng, pcapng_free)

/* The next packet (all but `number`): 0; CAPTURE_END; or -1, and ret_why says why in words that
 * need no cleaning. */
int pcapng_next(struct pcapng *pcapng, struct capture_packet *ret_packet, const char **ret_why);

#endif
