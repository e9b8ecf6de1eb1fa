/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A capture file: pcap (by libpcap) or pcapng (by pcapng.h), either of them compressed by gzip;
 * or an interface that is listened to (tap.h). A file is read through a stream of ours, in
 * constant memory whatever it says of itself.
 *
 * capture_open() only opens the descriptor and looks at no byte of the content. Every hostile
 * byte is parsed by capture_next(), which after that needs nothing but reading and memory: it
 * may run in a process that can no longer open files.
 */
#ifndef SCANNER_LINK_CAPTURE_H
#define SCANNER_LINK_CAPTURE_H

#include "common/cleanup.h"
#include "common/error.h"
#include "scanner/wire/frame.h"

struct capture;

/* Longest packet that is delivered whole; of a longer one the first bytes are. */
#define CAPTURE_PACKET_MAX (256 * 1024)

/* One packet; `bytes` is borrowed until the next call. */
struct capture_packet {
	enum frame_link link;  /* the file's own number, also if frame_decode() has no reader */
	int64_t time_us;       /* wall clock, 1970 to 9999; 0 if the file's is outside that */
	const uint8_t *bytes;
	size_t size;           /* captured */
	size_t original_size;  /* on the wire */
	uint64_t number;       /* 1, 2, ... in the file */
};

/* ERROR_INPUT: no such file, not readable, not a regular file. */
int capture_open(const char *path, struct capture **ret_capture, struct error *reterr);
/* Listens to an interface; errors as tap_open(). */
int capture_listen(const char *interface, bool promiscuous, struct capture **ret_capture,
	struct error *reterr);
/* When that ends: tap_until(). Of a file nothing. */
void capture_until(struct capture *capture, int stop_fd, int64_t until_us);
/* Frames that the kernel had no room for, so far; of a file 0. */
uint64_t capture_dropped(struct capture *capture);
void capture_free(struct capture *capture);
CLEANUP_DEFINE(struct capture, capture_free)

enum {
	CAPTURE_END = 1,
	CAPTURE_QUIET = 2, /* of an interface: nothing came for a while */
};

/*
 * The next packet: 0. CAPTURE_END after the last. ERROR_NETWORK: not a capture, or damaged
 * before its first packet. ERROR_PARTIAL: cut short or damaged after that; every packet before
 * the fault was delivered. Both texts name the file, and where in it. What a call answered
 * other than 0 and CAPTURE_QUIET, the calls after it answer too.
 */
int capture_next(struct capture *capture, struct capture_packet *ret_packet,
	struct error *reterr);

/* How far it is, for progress: in the file on disk, in bytes; in seconds of listening, 0 of 0
 * if no end of that is set. */
void capture_position(const struct capture *capture, uint64_t *ret_done, uint64_t *ret_total);
const char *capture_path(const struct capture *capture); /* borrowed */

#endif
